import { type Item, readItem } from './attribute-value.ts';
import { type ReadMode, readUnits } from './capacity.ts';
import { type EntryKey, entryKey } from './entry-key.ts';
import { refusePathsIntoKeys } from './expression-parameters.ts';
import type { Path } from './expressions/paths.ts';
import { project } from './expressions/projection.ts';
import { checkKey } from './keys.ts';
import type { Table } from './table.ts';

export interface ReadItem {
  readonly item: Item | undefined;
  readonly bytes: number;
}

/** Reads and checks the Key of a request. */
export const readKey = (table: Table, wire: unknown): EntryKey => {
  const key = readItem(wire);
  checkKey(key, table.schema);
  return entryKey(key, table.schema);
};

/** The item at `key`, cut down to `paths`. Its size is that of the whole: a projection costs no less. */
export const fetch = (table: Table, key: EntryKey, paths: readonly Path[] | undefined): ReadItem => {
  if (paths !== undefined) refusePathsIntoKeys(table, paths);
  const stored = table.items.get(key);
  if (stored === undefined) return { item: undefined, bytes: 0 };
  return { item: paths === undefined ? stored.item : project(stored.item, paths), bytes: stored.size };
};

export const usageOfReads = (reads: readonly ReadItem[], mode: ReadMode) => ({
  table: reads.reduce((units, { bytes }) => units + readUnits(bytes, mode), 0),
  indexes: {},
});
