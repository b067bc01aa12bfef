import { createHash } from 'node:crypto';
import { type AttributeValue, attributeOf, type Item } from './attribute-value.ts';
import type { KeySchema } from './schema.ts';
import { sortBytes } from './values.ts';

/** Where an item stands in a table or an index: partitions in the order of their hashes, in each the order of the sort keys. */
export interface EntryKey {
  /** 0 <= n < 2^32; parallel scans divide this range. */
  readonly hash: number;
  readonly partition: Buffer;
  readonly sort: Buffer;
  /** In an index: the item's key in the table, since many items may share an index key. */
  readonly tie: Buffer;
}

export const HASHES = 2 ** 32;

const NOTHING = Buffer.alloc(0);

export const hashOf = (partition: Buffer): number => createHash('md5').update(partition).digest().readUInt32BE(0);

export const compareEntryKeys = (left: EntryKey, right: EntryKey): number =>
  left.hash - right.hash ||
  Buffer.compare(left.partition, right.partition) ||
  Buffer.compare(left.sort, right.sort) ||
  Buffer.compare(left.tie, right.tie);

const bytesOf = (value: AttributeValue | undefined): Buffer => (value === undefined ? NOTHING : (sortBytes(value) ?? NOTHING));

/** `item` holds at least the attributes of the schema. */
export const entryKey = (item: Item, { hash, range }: KeySchema, tie: Buffer = NOTHING): EntryKey => {
  const partition = bytesOf(attributeOf(item, hash.name));
  const sort = range === undefined ? NOTHING : bytesOf(attributeOf(item, range.name));
  return { hash: hashOf(partition), partition, sort, tie };
};

/** The key as one string of bytes; different keys give different ones. */
export const tieOf = ({ partition, sort }: EntryKey): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(partition.length);
  return Buffer.concat([length, partition, sort]);
};
