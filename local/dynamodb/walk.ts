import { compareEntryKeys, type EntryKey, HASHES, hashOf } from './entry-key.ts';
import type { SortRange } from './expressions/key-condition.ts';
import type { SortedMap } from './sorted-map.ts';
import type { Stored } from './table.ts';

type Entries<Entry extends Stored> = SortedMap<EntryKey, Entry>;

interface Partition {
  readonly hash: number;
  readonly bytes: Buffer;
}

export const partitionOf = (bytes: Buffer): Partition => ({ hash: hashOf(bytes), bytes });

const comparePartition = (key: EntryKey, partition: Partition): number =>
  key.hash - partition.hash || Buffer.compare(key.partition, partition.bytes);

const isBelow = (key: EntryKey, { low }: SortRange): boolean => {
  if (low === undefined) return false;
  const order = Buffer.compare(key.sort, low.bytes);
  return low.inclusive ? order < 0 : order <= 0;
};

const isAbove = (key: EntryKey, { high }: SortRange): boolean => {
  if (high === undefined) return false;
  const order = Buffer.compare(key.sort, high.bytes);
  return high.inclusive ? order > 0 : order >= 0;
};

/** One partition's entries within `range`, from the first after `start`. */
export function* walkPartition<Entry extends Stored>(
  entries: Entries<Entry>,
  partition: Partition,
  range: SortRange,
  start: EntryKey | undefined,
): Generator<Entry> {
  const reached = (key: EntryKey): boolean => {
    const order = comparePartition(key, partition);
    if (order !== 0) return order > 0;
    return !isBelow(key, range) && (start === undefined || compareEntryKeys(key, start) > 0);
  };
  for (const entry of entries.ascending(reached)) {
    if (comparePartition(entry.key, partition) !== 0 || isAbove(entry.key, range)) return;
    yield entry;
  }
}

/** The same from the other end. */
export function* walkPartitionBack<Entry extends Stored>(
  entries: Entries<Entry>,
  partition: Partition,
  range: SortRange,
  start: EntryKey | undefined,
): Generator<Entry> {
  const passed = (key: EntryKey): boolean => {
    const order = comparePartition(key, partition);
    if (order !== 0) return order > 0;
    return isAbove(key, range) || (start !== undefined && compareEntryKeys(key, start) >= 0);
  };
  for (const entry of entries.descending(passed)) {
    if (comparePartition(entry.key, partition) !== 0 || isBelow(entry.key, range)) return;
    yield entry;
  }
}

/** The part of a parallel scan: of `total` segments the one numbered `segment` from 0. */
export interface Segment {
  readonly segment: number;
  readonly total: number;
}

const firstHash = ({ segment, total }: Segment): number => Math.ceil((HASHES * segment) / total);

export const isInSegment = ({ hash }: EntryKey, { segment, total }: Segment): boolean =>
  hash >= firstHash({ segment, total }) && hash < firstHash({ segment: segment + 1, total });

/** Everything in a segment, from the first after `start`. */
export function* walkSegment<Entry extends Stored>(
  entries: Entries<Entry>,
  segment: Segment,
  start: EntryKey | undefined,
): Generator<Entry> {
  const from = firstHash(segment);
  const reached = (key: EntryKey): boolean => key.hash >= from && (start === undefined || compareEntryKeys(key, start) > 0);
  for (const entry of entries.ascending(reached)) {
    if (!isInSegment(entry.key, segment)) return;
    yield entry;
  }
}
