import type { Item } from './attribute-value.ts';
import { entryKey } from './entry-key.ts';
import { type IndexDefinition, pickKey } from './schema.ts';
import type { DynamoDbStore } from './store.ts';
import { indexDefinitions, newTable, type Table, writeItem } from './table.ts';
import { setExpiryAttribute } from './time-to-live.ts';

interface SavedTable
  extends Pick<
    Table,
    'name' | 'arn' | 'id' | 'createdAt' | 'schema' | 'settings' | 'tags' | 'pointInTimeRecovery' | 'expiryAttribute'
  > {
  readonly indexes: readonly IndexDefinition[];
}

/** What is kept of DynamoDB beside the items; the tokens of transactions (ten minutes) are not. */
export type SavedDynamoDb = readonly SavedTable[];

export const saveDynamoDb = ({ tables }: DynamoDbStore): SavedDynamoDb =>
  [...tables.values()].map((table) => {
    const { name, arn, id, createdAt, schema, settings, tags, pointInTimeRecovery, expiryAttribute } = table;
    return {
      name,
      arn,
      id,
      createdAt,
      schema,
      settings,
      tags,
      pointInTimeRecovery,
      expiryAttribute,
      indexes: indexDefinitions(table),
    };
  });

/** An item's key, by which it is kept. */
export const keyText = ({ schema }: Table, item: Item): string => JSON.stringify(pickKey(item, schema));

/** Brings items back into the tables that are there, and with them the tables that are not. */
export const loadDynamoDb = (
  store: DynamoDbStore,
  saved: SavedDynamoDb,
  itemsOf: (table: string) => ReadonlyMap<string, string> | undefined,
): void => {
  for (const kept of saved) {
    const table = store.tables.get(kept.name) ?? newTable(kept, kept.indexes);
    if (!store.tables.has(kept.name)) {
      for (const [key, value] of kept.tags) table.tags.set(key, value);
      table.pointInTimeRecovery = kept.pointInTimeRecovery;
      setExpiryAttribute(table, kept.expiryAttribute);
      store.tables.set(kept.name, table);
    }
    for (const text of itemsOf(kept.name)?.values() ?? []) {
      const item: Item = JSON.parse(text);
      writeItem(table, entryKey(item, table.schema), item);
    }
  }
};
