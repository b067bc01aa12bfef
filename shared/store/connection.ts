import { type DynamoDBClient, GetItemCommand, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { fromItem } from './items.ts';
import type { Key } from './keys.ts';

/** The table, and how it is reached. */
export interface Connection {
  readonly client: DynamoDBClient;
  readonly TableName: string;
}

/** How long an event may wait for the function that committed it, before the sweep sees to it; in milliseconds. */
export const OUTBOX_PATIENCE = 30_000;

/** The item is still not there. */
export const STILL_ABSENT = 'attribute_not_exists(pk)';

/** The item is as it was read. */
export const unchangedSince = (version: number) =>
  version === 0
    ? { ConditionExpression: STILL_ABSENT }
    : { ConditionExpression: 'version = :version', ExpressionAttributeValues: marshall({ ':version': version }) };

export const read = async <T>({ client, TableName }: Connection, key: Key): Promise<T | undefined> => {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: marshall(key), ConsistentRead: true }));
  return Item === undefined ? undefined : fromItem<T>(Item);
};

const OVERTAKEN = ['None', 'ConditionalCheckFailed', 'TransactionConflict'];

/** Why each item of a transaction was not written, where somebody was quicker; `undefined`: that was not why. */
export const overtakenIn = (error: unknown): readonly string[] | undefined => {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? '');
  return codes.length > 0 && codes.every((code) => OVERTAKEN.includes(code)) ? codes : undefined;
};
