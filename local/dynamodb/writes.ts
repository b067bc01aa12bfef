import type { Item } from './attribute-value.ts';
import { type Usage, writeUsage } from './capacity.ts';
import { type EntryKey, entryKey } from './entry-key.ts';
import { conditionalCheckFailed } from './errors.ts';
import { NO_ITEM, refusePathsIntoKeys } from './expression-parameters.ts';
import { type Condition, pathsOf } from './expressions/condition.ts';
import { meets } from './expressions/condition-evaluator.ts';
import { itemSize } from './item-size.ts';
import { refuseEmptyKeys } from './keys.ts';
import { find, type IndexChange, type Table, writeItem } from './table.ts';

/** A put, update, delete or condition check whose request was right in itself; what remains depends on the table. */
export interface Write {
  readonly tableName: string;
  /** The Item of a put, the Key of the others. */
  readonly given: Item;
  readonly condition: Condition | undefined;
  /** Whether a refusal shows the item that refused (ReturnValuesOnConditionCheckFailure). */
  readonly showsRefusing: boolean;
  /** Checks the request against the table's keys and indexes. */
  check(table: Table): void;
  /** The item after the write; `undefined`: none. */
  next(table: Table, before: Item | undefined): Item | undefined;
}

/** A write that may happen: checked, and its condition met. */
interface Decided {
  readonly key: EntryKey;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

export interface Written extends Decided {
  readonly changes: readonly IndexChange[];
  readonly bytes: number;
}

/** Refusals of the request as such; in a transaction they are its error, not a reason of its cancellation. */
export const refuseOutright = (table: Table, write: Write): void => refuseEmptyKeys(write.given, table.schema);

/** Decides without writing. Throws ValidationException or ConditionalCheckFailedException. */
export const decide = (table: Table, write: Write): Decided => {
  write.check(table);
  if (write.condition !== undefined) refusePathsIntoKeys(table, pathsOf(write.condition));
  const key = entryKey(write.given, table.schema);
  const before = find(table, key);
  if (write.condition !== undefined && !meets(before ?? NO_ITEM, write.condition)) {
    throw conditionalCheckFailed(write.showsRefusing ? before : undefined);
  }
  return { key, before, after: write.next(table, before) };
};

const sizeOf = (item: Item | undefined): number => (item === undefined ? 0 : itemSize(item));

export const commit = (table: Table, decided: Decided): Written => ({
  ...decided,
  bytes: Math.max(sizeOf(decided.before), sizeOf(decided.after)),
  changes: decided.before === decided.after ? [] : writeItem(table, decided.key, decided.after),
});

export const perform = (table: Table, write: Write): Written => {
  refuseOutright(table, write);
  return commit(table, decide(table, write));
};

export const usageOf = (written: Written, isTransactional = false): Usage =>
  writeUsage(written.bytes, written.changes, isTransactional);
