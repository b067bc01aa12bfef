import type { Item } from './attribute-value.ts';
import type { Stored } from './table.ts';

/** A page of Query or Scan ends with the item that brings it to 1 MB, before any filter. */
const PAGE_BYTES = 1024 * 1024;

interface Page<Entry> {
  /** What was read and passed the filter. */
  readonly matches: readonly Entry[];
  readonly scannedCount: number;
  /** Bytes read. */
  readonly bytes: number;
  /** The last entry read, if the page ended before the entries did: there may be more. */
  readonly last: Entry | undefined;
}

/** Reads from `entries` until `limit` items or 1 MB are read. The limit counts items before the filter. */
export const readPage = <Entry extends Stored>(
  entries: Iterable<Entry>,
  limit: number | undefined,
  itemOf: (entry: Entry) => Item,
  passes: (item: Item) => boolean,
): Page<Entry> => {
  const matches: Entry[] = [];
  let scannedCount = 0;
  let bytes = 0;
  for (const entry of entries) {
    scannedCount += 1;
    bytes += entry.size;
    if (passes(itemOf(entry))) matches.push(entry);
    if (scannedCount === limit || bytes >= PAGE_BYTES) return { matches, scannedCount, bytes, last: entry };
  }
  return { matches, scannedCount, bytes, last: undefined };
};
