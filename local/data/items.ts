import { keyText } from '../dynamodb/saved.ts';
import type { DynamoDbStore } from '../dynamodb/store.ts';
import type { Table } from '../dynamodb/table.ts';
import type { Frame, Kept } from './journal.ts';

/** What has been written to the tables of one place since the last time; `prefix` begins their names in the journal. */
export const itemsOf = (kept: Kept, prefix: string, { tables }: DynamoDbStore): (() => Frame['items']) => {
  const written: [string, string, string | undefined][] = [];
  const ids = new Map<string, string>();

  const listen = (table: Table): void => {
    table.written ??= (before, after) => {
      const item = after ?? before;
      if (item !== undefined)
        written.push([prefix + table.name, keyText(table, item), after === undefined ? undefined : JSON.stringify(after)]);
    };
  };

  /** A table that is deleted takes its items with it, also if another of its name is made at once. */
  const forgetDropped = (): void => {
    for (const [name, id] of ids) {
      if (tables.get(name)?.id === id) continue;
      for (const key of kept.tables.get(prefix + name)?.keys() ?? []) written.unshift([prefix + name, key, undefined]);
      ids.delete(name);
    }
    for (const { name, id } of tables.values()) ids.set(name, id);
  };

  return () => {
    forgetDropped();
    for (const table of tables.values()) listen(table);
    return written.splice(0);
  };
};
