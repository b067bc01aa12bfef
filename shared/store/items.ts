import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Instant } from '../deployment/observations.ts';
import { FORMAT, type Key, shardOf } from './keys.ts';

export type Item = Record<string, AttributeValue>;

/** A stored item is of a format that only a newer version of this code knows: it is left alone until that one runs. */
export class NewerItemError extends Error {
  override readonly name = 'NewerItemError';
  readonly code = 'newer-item';
}

/** Where an item stands in the table's indexes, both sparse. */
export interface Indexed {
  /** Index `due`: when it has to be looked at, while it owes something. */
  readonly dueAt?: Instant | undefined;
  /** Index `history`: the service that it was asked for, and when. */
  readonly past?: Past | undefined;
}

export interface Past {
  readonly environment: string;
  readonly service: string;
  readonly at: Instant;
}

export const placeOf = ({ environment, service }: Omit<Past, 'at'>): string => `${environment}#${service}`;

/** A row of the table: the thing itself, flat, with its key and its place in the indexes. */
export const toItem = (key: Key, value: object, { dueAt, past }: Indexed = {}): Item =>
  marshall(
    {
      ...value,
      ...key,
      format: FORMAT,
      ...(dueAt === undefined ? {} : { dueShard: shardOf(key), dueAt }),
      ...(past === undefined ? {} : { place: placeOf(past), askedAt: past.at }),
    },
    { removeUndefinedValues: true },
  );

/** The thing itself. `T` is the named border: what was written by `toItem` is read back. */
export const fromItem = <T>(item: Item): T => {
  const { pk, sk, format, dueShard: _, dueAt: __, place: ___, askedAt: ____, ...value } = unmarshall(item);
  if (format > FORMAT) throw new NewerItemError(`item ${pk} ${sk} has format ${format}, this code knows up to ${FORMAT}`);
  return value as T;
};
