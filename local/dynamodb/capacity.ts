import type { IndexDefinition } from './schema.ts';
import { type IndexChange, indexDefinitions, type Table } from './table.ts';
import { sameValue } from './values.ts';

/**
 * Capacity units, as ReturnConsumedCapacity tells them: a read unit is 4 KB (half of it eventually consistent, twice in a
 * transaction), a write unit 1 KB (twice in a transaction)
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html).
 */
const READ_UNIT = 4096;
const WRITE_UNIT = 1024;

export type ReadMode = 'eventual' | 'consistent' | 'transactional';

const READ_FACTORS: Readonly<Record<ReadMode, number>> = { eventual: 0.5, consistent: 1, transactional: 2 };

/** Even nothing costs one unit to read. */
export const readUnits = (bytes: number, mode: ReadMode): number =>
  Math.max(1, Math.ceil(bytes / READ_UNIT)) * READ_FACTORS[mode];

const writeUnits = (bytes: number, isTransactional: boolean): number =>
  Math.max(1, Math.ceil(bytes / WRITE_UNIT)) * (isTransactional ? 2 : 1);

/** Units used on a table and on its indexes by name. */
export interface Usage {
  readonly table: number;
  readonly indexes: Readonly<Record<string, number>>;
}

const unchanged = ({ before, after }: IndexChange): boolean =>
  before !== undefined && after !== undefined && sameValue({ M: before.item }, { M: after.item });

/** An entry that moves is deleted and written: two writes. */
const indexUnits = (change: IndexChange, isTransactional: boolean): number => {
  const { before, after } = change;
  if ((before === undefined && after === undefined) || unchanged(change)) return 0;
  const units = (bytes: number) => writeUnits(bytes, isTransactional);
  if (before === undefined || after === undefined) return units(before?.size ?? after?.size ?? 0);
  const isMoved =
    Buffer.compare(before.key.partition, after.key.partition) !== 0 || Buffer.compare(before.key.sort, after.key.sort) !== 0;
  return isMoved ? units(before.size) + units(after.size) : units(Math.max(before.size, after.size));
};

export const writeUsage = (bytes: number, changes: readonly IndexChange[], isTransactional: boolean): Usage => {
  const used = changes.map((change): [string, number] => [change.index.name, indexUnits(change, isTransactional)]);
  return { table: writeUnits(bytes, isTransactional), indexes: Object.fromEntries(used.filter(([, units]) => units > 0)) };
};

export const addUsage = (left: Usage, right: Usage): Usage => {
  const names = [...new Set([...Object.keys(left.indexes), ...Object.keys(right.indexes)])];
  const indexes = names.map((name) => [name, (left.indexes[name] ?? 0) + (right.indexes[name] ?? 0)]);
  return { table: left.table + right.table, indexes: Object.fromEntries(indexes) };
};

const totalUnits = ({ table, indexes }: Usage): number => Object.values(indexes).reduce((sum, units) => sum + units, table);

type Described = Readonly<Record<string, { readonly CapacityUnits: number }>>;

/** What a transaction's answer repeats under the names of its kind. */
export type TransactionKind = 'ReadCapacityUnits' | 'WriteCapacityUnits' | undefined;

const units = (used: number, kind: TransactionKind) => ({ CapacityUnits: used, ...(kind === undefined ? {} : { [kind]: used }) });

const ofKind = (
  usage: Usage,
  indexes: readonly IndexDefinition[],
  kind: IndexDefinition['kind'],
  transaction: TransactionKind,
) => {
  const names = indexes.filter((index) => index.kind === kind).map((index) => index.name);
  const used = names.flatMap((name) =>
    usage.indexes[name] === undefined ? [] : [[name, units(usage.indexes[name] ?? 0, transaction)]],
  );
  return used.length === 0 ? undefined : (Object.fromEntries(used) as Described);
};

export type CapacityDetail = 'INDEXES' | 'TOTAL' | 'NONE' | undefined;

/** ConsumedCapacity of an answer, or `undefined` if it was not asked for. */
export const consumedCapacity = (table: Table, usage: Usage, detail: CapacityDetail, transaction?: TransactionKind) => {
  if (detail === undefined || detail === 'NONE') return undefined;
  const total = { TableName: table.name, ...units(totalUnits(usage), transaction) };
  if (detail === 'TOTAL') return total;
  const indexes = indexDefinitions(table);
  const local = ofKind(usage, indexes, 'local', transaction);
  const global = ofKind(usage, indexes, 'global', transaction);
  return {
    ...total,
    Table: units(usage.table, transaction),
    ...(local === undefined ? {} : { LocalSecondaryIndexes: local }),
    ...(global === undefined ? {} : { GlobalSecondaryIndexes: global }),
  };
};

/** Adds a member to an answer unless it is `undefined`, which the wire does not know. */
export const withMember = (name: string, value: unknown): Readonly<Record<string, unknown>> =>
  value === undefined ? {} : { [name]: value };
