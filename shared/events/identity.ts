import { createHash } from 'node:crypto';
import type { Kind } from '../deployment/types.ts';

/** Lower-case letters and digits without those that are mistaken for one another. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** 26 characters of 5 bits each, of the SHA-256 of the parts. */
const hash = (parts: readonly unknown[]): string => {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest();
  let bits = BigInt(`0x${bytes.subarray(0, 17).toString('hex')}`);
  let text = '';
  for (let index = 0; index < 26; index += 1) {
    text += ALPHABET[Number(bits & 31n)];
    bits >>= 5n;
  }
  return text;
};

/** Who asked for what: the request's own id, or without one the id of the event that brought it. */
export type RequestKey = {
  readonly account: string;
  readonly source: string;
  readonly environment: string;
  readonly service: string;
  readonly kind: Kind;
} & ({ readonly requestId: string } | { readonly eventId: string });

/** The same request has the same id, however often and in whatever order it arrives. */
export const deploymentId = (key: RequestKey): string => {
  const { account, source, environment, service, kind } = key;
  const request = 'requestId' in key ? ['request', key.requestId] : ['event', key.eventId];
  return `${kind === 'deploy' ? 'd' : 'r'}-${hash([account, source, ...request, environment, service, kind])}`;
};

/** Who asked to promote what: by its own id, or without one by the event that brought it. */
export type PromotionKey = { readonly account: string; readonly source: string; readonly rule: string } & (
  | { readonly requestId: string }
  | { readonly eventId: string }
);

/** The same request to promote has the same id, however often it arrives. */
export const promotionId = (key: PromotionKey): string =>
  `p-${hash([key.account, key.source, 'requestId' in key ? ['request', key.requestId] : ['event', key.eventId], key.rule])}`;

/** The request that a push makes: the same however often its event comes. */
export const pushRequestId = (event: string): string => `push-${hash([event])}`;

/** The same for every copy of one event of one deployment. */
export const eventId = (deployment: string, sequence: number): string => `e-${hash([deployment, sequence])}`;

/** Of what was asked, whatever the order of its members. */
export const fingerprint = (asked: object): string => hash(Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Of the answer to a cancel that was not taken up: it is none of the events of the deployment that it names, which may be another's, or not there. */
export const refusedCancelId = (
  deployment: string,
  { account, source, eventId: id }: { readonly account: string; readonly source: string; readonly eventId: string },
): string => `e-${hash(['cancel', account, source, id, deployment])}`;
