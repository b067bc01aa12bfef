import type { Basics } from '../ports.ts';
import { resourceNotFound, tableNotFound } from './errors.ts';
import { arnOfTable } from './request-members.ts';
import { type Table, writeItem } from './table.ts';
import { expiredKeys } from './time-to-live.ts';

/** A transaction that was carried out under a ClientRequestToken. */
interface Remembered {
  /** Of the request's content. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** DynamoDB of one account and region. Every action is one synchronous step, so all of them are serial. */
export interface DynamoDbStore extends Basics {
  readonly tables: Map<string, Table>;
  readonly transactions: Map<string, Remembered>;
}

export const createDynamoDbStore = ({ clock, random, place }: Basics): DynamoDbStore => ({
  clock,
  random,
  place,
  tables: new Map(),
  transactions: new Map(),
});

/** By its name or its ARN. */
const known = ({ tables, place }: DynamoDbStore, nameOrArn: string): Table | undefined => {
  if (!nameOrArn.startsWith('arn:')) return tables.get(nameOrArn);
  const prefix = arnOfTable(place, '');
  return nameOrArn.startsWith(prefix) ? tables.get(nameOrArn.slice(prefix.length)) : undefined;
};

/** The table, without what TTL has deleted by now; `undefined`: there is none. */
export const findTable = (store: DynamoDbStore, nameOrArn: string): Table | undefined => {
  const table = known(store, nameOrArn);
  if (table === undefined) return undefined;
  for (const key of expiredKeys(table, store.clock.now())) writeItem(table, key, undefined);
  return table;
};

/** For actions on items. */
export const tableOf = (store: DynamoDbStore, name: string): Table => {
  const table = findTable(store, name);
  if (table === undefined) throw resourceNotFound();
  return table;
};

/** For actions on tables. */
export const namedTable = (store: DynamoDbStore, name: string): Table => {
  const table = findTable(store, name);
  if (table === undefined) throw tableNotFound(name);
  return table;
};
