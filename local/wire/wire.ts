import { gunzipSync } from 'node:zlib';
import { HOME } from '../place.ts';
import type { Basics } from '../ports.ts';
import { isS3Request } from '../s3/request.ts';
import type { Actions, CallContext, Caller } from '../service.ts';
import { type BoundAction, type Exchange, plainText, unknownOperation } from './answer.ts';
import { type Credential, readCredential } from './credential.ts';
import { bytesAsText, type Handle, type LocalRequest, type LocalResponse, sizeOf } from './http.ts';
import { type IdentifiedCall, identify } from './identify.ts';
import { answerJson } from './json-protocol.ts';
import { answerLambda } from './lambda-protocol.ts';
import { mostBytesOf, tooLargeFor } from './limits.ts';
import { answerQuery } from './query-protocol.ts';
import { answerS3 } from './s3-protocol.ts';
import type { ServiceName } from './services.ts';
import { uuid } from './uuid.ts';

/** One service: its actions by name, each bound to its store. */
export type BoundService = ReadonlyMap<string, BoundAction>;

/** Throws where a call may not be made. */
export type Authorize = (action: string, input: Parameters<BoundAction>[0], context: CallContext) => void;

/** `storeFor`: of the account and region that the call is about. `authorize` throws where the caller may not. */
export const bindService = <Store>(
  storeFor: (input: Parameters<BoundAction>[0], context: CallContext) => Store,
  actions: Actions<Store>,
  authorize: Authorize = () => undefined,
): BoundService =>
  new Map(
    Object.entries(actions).map(([name, action]): [string, BoundAction] => [
      name,
      (input, context) => {
        authorize(name, input, context);
        return action(storeFor(input, context), input, context);
      },
    ]),
  );

export interface WireOptions {
  readonly random: Basics['random'];
  readonly services: Readonly<Partial<Record<ServiceName, BoundService>>>;
  /** Milliseconds since the epoch; the machine's, unless told otherwise. */
  readonly now?: () => number;
  /** Whoever has this access key. */
  readonly identityOf: (accessKeyId: string) => Pick<Caller, 'account' | 'arn'>;
}

/**
 * AWS's HTTP protocols over the services' actions: JSON 1.0 and 1.1, Query with XML answers, Lambda's REST JSON and S3's REST XML. Requests
 * must be signed, for any region, but signatures are not verified. Never rejects.
 */
export const createWire =
  ({ random, services, identityOf, now = Date.now }: WireOptions): Handle =>
  async (request) => {
    const isS3 = isS3Request(request);
    if (isGreeting(request) && !isS3) return plainText(200, GREETING);
    // The bodies of objects are no texts, and what they are encoded with is kept with them.
    if (sizeOf(request) > mostBytesOf(request)) return tooLargeFor(request, random);
    const text = isS3 ? '' : textOf(request, () => tooLargeFor(request, random));
    if (typeof text !== 'string') return text;
    const call = identify(request, text);
    if ('problem' in call) return unidentified(call.problem, uuid(random));
    const requestId = uuid(random);
    return PROTOCOLS[call.protocol]({
      request,
      text,
      service: call.service,
      action: call.action,
      requestId,
      now,
      credential: () => readCredential(request),
      context: (credential) => contextOf(request, requestId, credential, identityOf),
      run: services[call.service.name]?.get(call.action),
    });
  };

const PROTOCOLS: Readonly<Record<IdentifiedCall['protocol'], (exchange: Exchange) => Promise<LocalResponse>>> = {
  json: answerJson,
  query: answerQuery,
  lambda: answerLambda,
  s3: answerS3,
};

const GREETING = `This is Switchyard's local cloud: AWS's APIs, for account ${HOME.account} where the access key says no other. Point AWS_ENDPOINT_URL at it.`;

const isGreeting = ({ method, path }: LocalRequest): boolean => (method === 'GET' || method === 'HEAD') && path === '/';

/** The body's text; CloudWatch's clients send large ones compressed. An answer, if it cannot be taken. */
const textOf = (request: LocalRequest, tooLarge: () => LocalResponse): string | LocalResponse => {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity' || encoding === '') return bytesAsText(request.body);
  if (encoding !== 'gzip') return plainText(415, `the local cloud does not know the content encoding ${encoding}`);
  try {
    return gunzipSync(request.body, { maxOutputLength: mostBytesOf(request) }).toString('utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : plainText(400, "the request's body is not gzip");
  }
};

const unidentified = (problem: string, requestId: string): LocalResponse => ({
  status: 404,
  headers: { 'x-amzn-requestid': requestId, 'x-amzn-errortype': 'UnknownOperationException', 'content-type': 'application/json' },
  body: JSON.stringify({ __type: 'UnknownOperationException', message: unknownOperation(problem) }),
});

const contextOf = (
  { headers }: LocalRequest,
  requestId: string,
  { accessKeyId, region }: Credential,
  identityOf: WireOptions['identityOf'],
): CallContext => {
  const { account, arn } = identityOf(accessKeyId);
  return {
    caller: { account, region, accessKeyId, arn },
    requestId,
    endpoint: `http://${headers['host'] ?? 'localhost'}`,
  };
};
