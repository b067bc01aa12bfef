import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Instant } from '../deployment/types.ts';
import { FORMAT, type Key, shardOf } from './keys.ts';

export type Item = Record<string, AttributeValue>;

/** A stored item is of a format that only a newer version of this code knows: it is left alone until that one runs. */
export class NewerItemError extends Error {
  override readonly name = 'NewerItemError';
  readonly code = 'newer-item';
}

/** A row of the table: the thing itself, flat, with its key and, while it owes something, its place in the due index. */
export const toItem = (key: Key, value: object, dueAt?: Instant): Item =>
  marshall(
    { ...value, ...key, format: FORMAT, ...(dueAt === undefined ? {} : { dueShard: shardOf(key), dueAt }) },
    { removeUndefinedValues: true },
  );

/** The thing itself. `T` is the named border: what was written by `toItem` is read back. */
export const fromItem = <T>(item: Item): T => {
  const { pk, sk, format, dueShard: _, dueAt: __, ...value } = unmarshall(item);
  if (format > FORMAT) throw new NewerItemError(`item ${pk} ${sk} has format ${format}, this code knows up to ${FORMAT}`);
  return value as T;
};
