import {
  type AttributeValue,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Endpoint, uniqueName } from './endpoint.ts';

export type Item = Record<string, AttributeValue>;

interface Kind {
  /** The sort key's name; without one there is none. */
  readonly sort?: string;
  /** Types of key attributes that are not strings, and of those of indexes. */
  readonly types?: Readonly<Record<string, 'S' | 'N' | 'B'>>;
  readonly more?: Partial<CreateTableCommandInput>;
}

/** An endpoint's DynamoDB. Tables have the partition key `pk`; those made here are deleted by `close`. */
export const openTables = (endpoint: Endpoint) => {
  const db = new DynamoDBClient(endpoint.config);
  const made: string[] = [];

  const newTable = async ({ sort, types = {}, more = {} }: Kind = {}): Promise<string> => {
    const TableName = uniqueName('conformance');
    const keys = ['pk', ...(sort === undefined ? [] : [sort])];
    await db.send(
      new CreateTableCommand({
        TableName,
        KeySchema: keySchema(...keys),
        AttributeDefinitions: [...new Set([...keys, ...Object.keys(types)])].map((name) => ({
          AttributeName: name,
          AttributeType: types[name] ?? 'S',
        })),
        BillingMode: 'PAY_PER_REQUEST',
        ...more,
      }),
    );
    made.push(TableName);
    await waitUntilTableExists({ client: db, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TableName });
    return TableName;
  };

  const put = async (TableName: string, ...items: readonly object[]): Promise<void> => {
    for (const item of items) await db.send(new PutItemCommand({ TableName, Item: marshall(item) }));
  };

  const close = async (): Promise<void> => {
    for (const TableName of made) await db.send(new DeleteTableCommand({ TableName }));
    db.destroy();
    await endpoint.close();
  };

  return { db, newTable, put, close };
};

export const keySchema = (...names: readonly string[]) =>
  names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const) }));
