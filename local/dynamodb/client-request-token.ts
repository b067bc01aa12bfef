import { createHash } from 'node:crypto';
import { AwsError } from '../errors.ts';
import type { DynamoDbStore } from './store.ts';

/** "A client request token is valid for 10 minutes after the first request that uses it is completed." */
const REMEMBERED_MILLISECONDS = 600_000;

/** The same text for the same content, in whatever order a client writes the members of its maps. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  const members = entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
};

export const hashOfContent = (content: unknown): string => createHash('sha256').update(canonical(content)).digest('hex');

/** Whether the transaction was carried out before; another one under its token is refused. */
export const wasCarriedOut = (store: DynamoDbStore, token: string, hash: string): boolean => {
  // In the order in which they were carried out.
  for (const [old, { until }] of store.transactions) {
    if (until > store.clock.now()) break;
    store.transactions.delete(old);
  }
  const earlier = store.transactions.get(token);
  if (earlier === undefined || earlier.hash === hash) return earlier !== undefined;
  throw new AwsError(
    'IdempotentParameterMismatchException',
    'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was ' +
      'already used.',
  );
};

export const rememberTransaction = (store: DynamoDbStore, token: string, hash: string): void => {
  store.transactions.delete(token);
  store.transactions.set(token, { hash, until: store.clock.now() + REMEMBERED_MILLISECONDS });
};
