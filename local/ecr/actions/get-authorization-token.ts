import { passwordFor } from '../../registry/authorization.ts';
import type { Action } from '../../service.ts';
import { type EcrStore, onlyKnown } from '../store.ts';

/** Of a token (API reference, GetAuthorizationToken), in milliseconds. */
const TWELVE_HOURS = 12 * 3600 * 1000;

/** User and password of the registry, and where it is: at the cloud's own address. */
export const getAuthorizationToken: Action<EcrStore> = (store, input, { caller, endpoint }) => {
  onlyKnown(input, ['registryIds'], 'GetAuthorizationToken');
  const { accessKeyId } = caller;
  const until = store.clock.now() + TWELVE_HOURS;
  const authorizationToken = Buffer.from(`AWS:${passwordFor({ accessKeyId, place: store.place, until })}`).toString('base64');
  return { authorizationData: [{ authorizationToken, expiresAt: until / 1000, proxyEndpoint: endpoint }] };
};
