import { attributeOf, type Item } from './attribute-value.ts';
import { compareEntryKeys, type EntryKey, entryKey, tieOf } from './entry-key.ts';
import { itemSize } from './item-size.ts';
import { type IndexDefinition, type KeySchema, type KeyType, keyAttributes, projectToIndex, type Throughput } from './schema.ts';
import { SortedMap } from './sorted-map.ts';
import { type Expiry, newExpiries, trackExpiry } from './time-to-live.ts';

/** An item where it is kept. */
export interface Stored {
  readonly key: EntryKey;
  readonly item: Item;
  /** Bytes. */
  readonly size: number;
}

/** An item as an index sees it: cut down to the projection, with the whole one behind it. */
export interface Indexed extends Stored {
  readonly whole: Stored;
}

export interface Index {
  readonly definition: IndexDefinition;
  readonly entries: SortedMap<EntryKey, Indexed>;
  bytes: number;
}

/** What CreateTable sets and UpdateTable may change. */
export interface TableSettings {
  readonly attributes: ReadonlyMap<string, KeyType>;
  readonly billing: 'PROVISIONED' | 'PAY_PER_REQUEST';
  /** When it became PAY_PER_REQUEST; milliseconds since the epoch. */
  readonly payPerRequestSince: number | undefined;
  readonly throughput: Throughput;
  /** As asked for; without it a value that follows from the billing is described. */
  readonly warmThroughput: Throughput | undefined;
  readonly deletionProtected: boolean;
  readonly tableClass: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS' | undefined;
}

interface PointInTimeRecovery {
  readonly recoveryPeriodInDays: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly schema: KeySchema;
  readonly items: SortedMap<EntryKey, Stored>;
  readonly indexes: Map<string, Index>;
  readonly tags: Map<string, string>;
  settings: TableSettings;
  bytes: number;
  pointInTimeRecovery: PointInTimeRecovery | undefined;
  /** The attribute that tells when an item expires, while TTL is enabled. */
  expiryAttribute: string | undefined;
  expiries: SortedMap<Expiry, Expiry>;
  /** Told of every write: the item before, or after. */
  written?: (before: Item | undefined, after: Item | undefined) => void;
}

export const newTable = (
  identity: Pick<Table, 'name' | 'arn' | 'id' | 'createdAt' | 'schema' | 'settings'>,
  indexes: readonly IndexDefinition[],
): Table => ({
  ...identity,
  items: new SortedMap(compareEntryKeys),
  indexes: new Map(indexes.map((definition) => [definition.name, newIndex(definition)])),
  tags: new Map(),
  bytes: 0,
  pointInTimeRecovery: undefined,
  expiryAttribute: undefined,
  expiries: newExpiries(),
});

const newIndex = (definition: IndexDefinition): Index => ({
  definition,
  entries: new SortedMap(compareEntryKeys),
  bytes: 0,
});

export const indexDefinitions = (table: Table): readonly IndexDefinition[] =>
  [...table.indexes.values()].map((index) => index.definition);

export const find = (table: Table, key: EntryKey): Item | undefined => table.items.get(key)?.item;

/** The index's entry for an item; `undefined` if the item lacks one of the index's keys: indexes are sparse. */
const indexedOf = (table: Table, { definition }: Index, stored: Stored | undefined): Indexed | undefined => {
  if (stored === undefined) return undefined;
  const isComplete = keyAttributes(definition.schema).every(({ name }) => attributeOf(stored.item, name) !== undefined);
  if (!isComplete) return undefined;
  const item = projectToIndex(stored.item, definition, table.schema);
  const size = item === stored.item ? stored.size : itemSize(item);
  return { key: entryKey(item, definition.schema, tieOf(stored.key)), item, size, whole: stored };
};

/** Entries an index loses and gains by a write; a write that leaves the projected item as it was touches neither. */
export interface IndexChange {
  readonly index: IndexDefinition;
  readonly before: Indexed | undefined;
  readonly after: Indexed | undefined;
}

const updateIndex = (table: Table, index: Index, before: Stored | undefined, after: Stored | undefined): IndexChange => {
  const old = indexedOf(table, index, before);
  const next = indexedOf(table, index, after);
  if (old !== undefined) index.entries.delete(old.key);
  if (next !== undefined) index.entries.set(next.key, next);
  index.bytes += (next?.size ?? 0) - (old?.size ?? 0);
  return { index: index.definition, before: old, after: next };
};

/** Puts `item` at `key`, or deletes what is there, and keeps every index in step. */
export const writeItem = (table: Table, key: EntryKey, item: Item | undefined): readonly IndexChange[] => {
  const before = table.items.get(key);
  const after = item === undefined ? undefined : { key, item, size: itemSize(item) };
  if (after === undefined) table.items.delete(key);
  else table.items.set(key, after);
  table.bytes += (after?.size ?? 0) - (before?.size ?? 0);
  trackExpiry(table, before, after);
  table.written?.(before?.item, after?.item);
  return [...table.indexes.values()].map((index) => updateIndex(table, index, before, after));
};

/** Fills a new index from the items there are. */
export const addIndex = (table: Table, definition: IndexDefinition): void => {
  const index = newIndex(definition);
  for (const stored of table.items.ascending(() => true)) updateIndex(table, index, undefined, stored);
  table.indexes.set(definition.name, index);
};
