import { repositoryArn } from '../ecr/names.ts';
import type { EcrStore } from '../ecr/store.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { denialText } from '../iam/denial.ts';
import { need } from '../iam/needs/need.ts';
import type { Place } from '../place.ts';
import type { LocalRequest, LocalResponse } from '../wire/http.ts';
import type { RegistryAnswer } from './action.ts';
import { passwordIn } from './authorization.ts';
import { RegistryError } from './errors.ts';
import { handleRegistry, refused } from './handle.ts';

/** Whether a request is the registry's, and not one of AWS's APIs. */
export const isRegistryPath = (path: string): boolean => path.startsWith('/v2/');

/**
 * The registries behind the cloud's port, at `/v2/`: for whoever has a password of ECR, and the permission that Amazon ECR asks for. They
 * share one address, so the password tells which of them it is: the one that gave it out.
 */
export const registryWire =
  (ecrAt: (place: Place) => EcrStore, authorizer: Authorizer) =>
  ({ method, path, headers, body }: LocalRequest): LocalResponse => {
    const answer = (): RegistryAnswer => {
      try {
        const { accessKeyId, place } = passwordIn(headers['authorization'], authorizer.now());
        const asker = authorizer.askerOf(accessKeyId);
        return handleRegistry(ecrAt(place).registry, { method, path, headers, body: bytesOf(body) }, (action, repository) => {
          const asked = need(`ecr:${action}`, repositoryArn(place, repository));
          const decision = authorizer.judge(asker, asked, place.region);
          if (!decision.allowed) throw new RegistryError('DENIED', denialText(asker.principal.arn, asked, decision));
        });
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        return refused(error, challenge(error, headers['host']));
      }
    };
    const { status, headers: answered, body: bytes } = answer();
    return { status, headers: answered, body: '', ...(bytes === undefined ? {} : { bytes }) };
  };

const challenge = ({ code }: RegistryError, host = 'localhost'): Readonly<Record<string, string>> =>
  code === 'UNAUTHORIZED' ? { 'www-authenticate': `Basic realm="http://${host}/",service="ecr.amazonaws.com"` } : {};

const bytesOf = (body: LocalRequest['body']): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
