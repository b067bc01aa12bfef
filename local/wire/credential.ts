import { AwsError } from '../errors.ts';
import { isRegion } from '../place.ts';
import type { LocalRequest } from './http.ts';

/** Who signed, for which region and service. */
export interface Credential {
  readonly accessKeyId: string;
  readonly region: string;
  /** The service's signing name: `sqs`, `monitoring`. */
  readonly service: string;
}

/** `Credential=AKIA…/20261120/eu-west-1/sqs/aws4_request` */
const SCOPE = /^([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/;

const scopeText = ({ headers, path }: LocalRequest): string | undefined => {
  const authorization = headers['authorization'];
  if (authorization !== undefined) return /\bCredential=([^,\s]+)/.exec(authorization)?.[1] ?? '';
  const query = path.includes('?') ? new URLSearchParams(path.slice(path.indexOf('?') + 1)) : undefined;
  return query?.get('X-Amz-Credential') ?? undefined;
};

/**
 * Reads who signed the request, from the Authorization header or a presigned URL. The signature itself is **not** verified: the
 * local cloud has no secret keys, and takes any access key. `undefined`: the request is not signed.
 * Throws `IncompleteSignature` where the credential is not of AWS's form.
 */
export const readCredential = (request: LocalRequest): Credential | undefined => {
  const text = scopeText(request);
  if (text === undefined) return undefined;
  const [, accessKeyId, region, service] = SCOPE.exec(text) ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined)
    throw new AwsError(
      'IncompleteSignatureException',
      'The Authorization header must carry Credential=<access key>/<date>/<region>/<service>/aws4_request (AWS4-HMAC-SHA256).',
      { queryCode: 'IncompleteSignature' },
    );
  return { accessKeyId, region, service };
};

/** Refuses a request that is not signed for this service and for a region, as AWS does. */
export const requireScope = (credential: Credential | undefined, service: string): Credential => {
  if (credential === undefined)
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', {
      queryCode: 'MissingAuthenticationToken',
    });
  if (!isRegion(credential.region))
    throw invalidScope(
      `Credential should be scoped to a valid region, not '${credential.region}'. The local cloud has those of the partition aws.`,
    );
  if (credential.service !== service) throw invalidScope(`Credential should be scoped to correct service: '${service}'.`);
  return credential;
};

const invalidScope = (message: string): AwsError =>
  new AwsError('InvalidSignatureException', message, { queryCode: 'SignatureDoesNotMatch' });
