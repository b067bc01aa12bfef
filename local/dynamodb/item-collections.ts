import type { Item } from './attribute-value.ts';
import type { EntryKey } from './entry-key.ts';
import { pickKey } from './schema.ts';
import type { Table } from './table.ts';
import { walkPartition } from './walk.ts';

const GIGABYTE = 1024 ** 3;

/**
 * ItemCollectionMetrics: of a table with local indexes, the size of the collection of items that share `given`'s partition key,
 * as a range of gigabytes. Other tables have no collections.
 */
export const collectionMetrics = (table: Table, key: EntryKey, given: Item, wanted: 'SIZE' | 'NONE' | undefined) => {
  const local = [...table.indexes.values()].filter((index) => index.definition.kind === 'local');
  if (wanted !== 'SIZE' || local.length === 0) return undefined;
  const partition = { hash: key.hash, bytes: key.partition };
  let bytes = 0;
  for (const entries of [table.items, ...local.map((index) => index.entries)]) {
    for (const entry of walkPartition(entries, partition, {}, undefined)) bytes += entry.size;
  }
  const gigabytes = Math.floor(bytes / GIGABYTE);
  return {
    ItemCollectionKey: pickKey(given, { hash: table.schema.hash, range: undefined }),
    SizeEstimateRangeGB: [gigabytes, gigabytes + 1],
  };
};
