import { AwsError } from '../errors.ts';
import type { HttpApp } from '../ports.ts';
import { LATEST } from './configuration.ts';
import { run } from './invoke.ts';
import { policyOwner, statementsOf } from './policies.ts';
import { functionOf, type LambdaStore, newRequestId, runnableOf } from './store.ts';

/** The HTTP address of a function, or of an alias of it. */
export interface FunctionUrl {
  /** As the network knows it. */
  readonly listener: readonly [group: string, name: string];
  readonly url: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** How the network knows the address of a function, or of one of its aliases. */
export const urlListener = (name: string, qualifier: string): FunctionUrl['listener'] => [
  'lambda-url',
  qualifier === LATEST ? name : `${qualifier}.${name}`,
];

/** Everybody needs a statement of the policy (Developer Guide, "Control access to Lambda function URLs", AuthType NONE). */
const isOpen = (store: LambdaStore, name: string, qualifier: string): boolean =>
  statementsOf(store, policyOwner(name, qualifier)).some(
    ({ Effect, Principal, Action }) => Effect === 'Allow' && Principal === '*' && Action === 'lambda:InvokeFunctionUrl',
  );

/** The request as the function gets it (Developer Guide, "Invoking Lambda function URLs", payload format 2.0). */
const eventOf = (method: string, target: string, requestId: string, now: number) => {
  const [rawPath = '/', rawQueryString = ''] = target.split('?', 2);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: {},
    requestContext: {
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
      requestId,
      stage: '$default',
      timeEpoch: now,
    },
    isBase64Encoded: false,
  };
};

/** Without a status code what the function answers is the body of a 200 (the same page, "Response payload format"). */
const answerOf = (payload: string): { readonly status: number; readonly body: string } => {
  const answer: unknown = JSON.parse(payload);
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) return { status: 200, body: payload };
  const { statusCode, body = '' } = answer as { readonly statusCode: unknown; readonly body?: unknown };
  return { status: Number(statusCode), body: typeof body === 'string' ? body : JSON.stringify(body) };
};

const message = (status: number, Message: string) => ({ status, body: JSON.stringify({ Message }) });

/** Who answers at a function's address: each request is one invocation. */
export const urlApp =
  (store: LambdaStore, name: string, qualifier: string): HttpApp =>
  async ({ method, path }) => {
    if (!isOpen(store, name, qualifier)) return message(403, 'Forbidden');
    const requestId = newRequestId(store);
    const runnable = runnableOf(store, name, qualifier);
    if (runnable.configuration.state !== 'Active') return message(502, 'Internal Server Error');
    const { payload, failed } = await run(store, runnable, eventOf(method, path, requestId, store.clock.now()), requestId);
    return failed ? message(502, 'Internal Server Error') : answerOf(payload);
  };

/** Listens at the address of a function, or of an alias. */
export const openUrl = async (store: LambdaStore, name: string, qualifier: string, createdAt: string): Promise<FunctionUrl> => {
  const listener = urlListener(name, qualifier);
  const made: FunctionUrl = { listener, url: `${await store.network.address(...listener)}/`, createdAt };
  functionOf(store, name).urls.set(qualifier, made);
  store.network.serve(...listener, urlApp(store, name, qualifier));
  return made;
};

/** Throws `ResourceNotFoundException`. */
export const urlOf = (store: LambdaStore, reference: string, qualifier: string = LATEST): FunctionUrl => {
  const found = functionOf(store, reference).urls.get(qualifier);
  if (found !== undefined) return found;
  throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', { status: 404 });
};
