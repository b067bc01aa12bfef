import { AwsError } from '../errors.ts';
import type { CallContext } from '../service.ts';
import type { Credential } from './credential.ts';
import type { LocalRequest, LocalResponse } from './http.ts';
import type { ServiceProtocol } from './services.ts';

/** One action of one service, bound to its store. */
export type BoundAction = (input: Readonly<Record<string, unknown>>, context: CallContext) => unknown;

/** What a protocol needs to answer one request. */
export interface Exchange {
  readonly request: LocalRequest;
  readonly text: string;
  readonly service: ServiceProtocol;
  readonly action: string;
  /** `undefined`: not signed. */
  readonly credential: () => Credential | undefined;
  readonly context: (credential: Credential) => CallContext;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** `undefined`: the local cloud does not have the action. */
  readonly run: BoundAction | undefined;
}

/** What any thrown thing is as an answer of AWS: what is not an `AwsError` is a bug of the local cloud, and says so. */
export const asAwsError = (error: unknown): AwsError => {
  if (error instanceof AwsError) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AwsError('InternalFailure', `the local cloud has a bug: ${text}`, { status: 500 });
};

/** An operation that AWS may have and the local cloud has not. */
export const unknownOperation = (what: string): string => `the local cloud does not know ${what}`;

export const plainText = (status: number, text: string): LocalResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: `${text}\n`,
});
