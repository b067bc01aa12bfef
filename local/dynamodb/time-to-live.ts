import { attributeOf, type Item } from './attribute-value.ts';
import { compareEntryKeys, type EntryKey } from './entry-key.ts';
import { SortedMap } from './sorted-map.ts';
import type { Stored, Table } from './table.ts';

/**
 * TTL: an item whose attribute holds a time (Number, seconds since the epoch) in the past is deleted some time after. AWS
 * promises "within a few days"; until then the item is there, in reads and in conditions. The local cloud takes ten minutes.
 * Times more than five years past are left alone
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html).
 */
const DELETION_DELAY_SECONDS = 600;
const OLDEST_SECONDS = 5 * 365 * 24 * 3600;

export interface Expiry {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly key: EntryKey;
}

const compareExpiries = (left: Expiry, right: Expiry): number => left.at - right.at || compareEntryKeys(left.key, right.key);

export const newExpiries = (): SortedMap<Expiry, Expiry> => new SortedMap(compareExpiries);

const expiryOf = (item: Item, attribute: string): number | undefined => {
  const value = attributeOf(item, attribute);
  if (value === undefined || !('N' in value)) return undefined;
  const seconds = Number(value.N);
  return Number.isFinite(seconds) ? Math.floor(seconds) : undefined;
};

const expiryAt = (stored: Stored | undefined, attribute: string): Expiry | undefined => {
  const at = stored === undefined ? undefined : expiryOf(stored.item, attribute);
  return stored === undefined || at === undefined ? undefined : { at, key: stored.key };
};

/** Keeps the order of expiries in step with a write. */
export const trackExpiry = (table: Table, before: Stored | undefined, after: Stored | undefined): void => {
  if (table.expiryAttribute === undefined) return;
  const old = expiryAt(before, table.expiryAttribute);
  const next = expiryAt(after, table.expiryAttribute);
  if (old !== undefined) table.expiries.delete(old);
  if (next !== undefined) table.expiries.set(next, next);
};

/** Turns TTL on for `attribute`, or off. */
export const setExpiryAttribute = (table: Table, attribute: string | undefined): void => {
  table.expiryAttribute = attribute;
  table.expiries = newExpiries();
  for (const stored of table.items.ascending(() => true)) trackExpiry(table, undefined, stored);
};

/** Keys of the items that TTL has deleted by `now` (milliseconds since the epoch). */
export const expiredKeys = (table: Table, now: number): readonly EntryKey[] => {
  const seconds = Math.floor(now / 1000);
  const keys: EntryKey[] = [];
  for (const expiry of table.expiries.ascending(({ at }) => at >= seconds - OLDEST_SECONDS)) {
    if (expiry.at + DELETION_DELAY_SECONDS > seconds) break;
    keys.push(expiry.key);
  }
  return keys;
};
