import { randomUUID } from 'node:crypto';
import {
  GetItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
import { leftOut, openEndpoint } from './endpoint.ts';
import { openTables } from './tables.ts';

const { db, newTable, put, close } = openTables(await openEndpoint());
const left = leftOut('dynamodb');
const TableName = left ? '' : await newTable();

afterAll(close);

const write = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  db.send(new TransactWriteItemsCommand({ TransactItems, ...(ClientRequestToken && { ClientRequestToken }) }));

const putting = (pk: string, more: object = {}): TransactWriteItem => ({
  Put: { TableName, Item: marshall({ pk, ...more }), ...NEW },
});
const NEW = { ConditionExpression: 'attribute_not_exists(pk)' };
const plain = (pk: string, more: object = {}): TransactWriteItem => ({ Put: { TableName, Item: marshall({ pk, ...more }) } });

const read = async (pk: string) => {
  const { Item } = await db.send(new GetItemCommand({ TableName, Key: marshall({ pk }), ConsistentRead: true }));
  return Item && unmarshall(Item);
};

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
describe.skipIf(left)('TransactWriteItems (skipped where CONFORMANCE_SKIP names dynamodb)', () => {
  it('puts, updates, deletes and checks, all of it', async () => {
    const [checked, updated, deleted, new_] = ['checked', 'updated', 'deleted', 'new'].map((name) => `${name}-${randomUUID()}`);
    await put(TableName, { pk: checked, n: 1 }, { pk: updated, n: 1 }, { pk: deleted });
    await write([
      putting(new_ ?? ''),
      {
        Update: {
          TableName,
          Key: marshall({ pk: updated }),
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: marshall({ ':one': 1 }),
        },
      },
      { Delete: { TableName, Key: marshall({ pk: deleted }), ConditionExpression: 'attribute_exists(pk)' } },
      {
        ConditionCheck: {
          TableName,
          Key: marshall({ pk: checked }),
          ConditionExpression: 'n = :n',
          ExpressionAttributeValues: marshall({ ':n': 1 }),
        },
      },
    ]);
    expect(await Promise.all([checked, updated, deleted, new_].map((pk) => read(pk ?? '')))).toEqual([
      { pk: checked, n: 1 },
      { pk: updated, n: 2 },
      undefined,
      { pk: new_ },
    ]);
  });

  it('does nothing if one condition fails; the reasons come in the order of the operations', async () => {
    const [there, other] = [`there-${randomUUID()}`, `other-${randomUUID()}`];
    await put(TableName, { pk: there, n: 1 });
    const asked = {
      Put: { TableName, Item: marshall({ pk: there }), ...NEW, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const },
    };
    const missing = {
      ConditionCheck: { TableName, Key: marshall({ pk: 'nobody' }), ConditionExpression: 'attribute_exists(pk)' },
    };
    await expect(write([plain(other), asked, missing])).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: marshall({ pk: there, n: 1 }) },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      ],
    });
    expect([await read(other), await read(there)]).toEqual([undefined, { pk: there, n: 1 }]);
  });

  it('gives what is wrong with one item as its reason', async () => {
    const pk = randomUUID();
    await put(TableName, { pk, words: 'text' });
    const wrongType = {
      Update: {
        TableName,
        Key: marshall({ pk }),
        UpdateExpression: 'ADD words :one',
        ExpressionAttributeValues: marshall({ ':one': 1 }),
      },
    };
    const error: unknown = await write([plain(randomUUID()), wrongType]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'TransactionCanceledException',
      message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError]',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError', Message: expect.stringMatching(/.+/) }],
    });
  });

  it.each<[string, () => TransactWriteItem[]]>([
    ['nothing', () => []],
    ['101 operations', () => Array.from({ length: 101 }, (_, index) => plain(`p-${index}`))],
    ['two operations on one item', () => [plain('twice'), { Delete: { TableName, Key: marshall({ pk: 'twice' }) } }]],
    ['an operation of two kinds', () => [{ ...plain('two'), Delete: { TableName, Key: marshall({ pk: 'two' }) } }]],
    ['an operation of no kind', () => [{}]],
  ])('refuses %s', async (_, items) => {
    await expect(write(items())).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('says which mistake two operations on one item are', async () => {
    await expect(write([plain('twice'), plain('twice')])).rejects.toMatchObject({
      message: 'Transaction request cannot include multiple operations on one item',
    });
  });

  it('takes 100 operations', async () => {
    const own = await newTable();
    await write(Array.from({ length: 100 }, (_, index) => ({ Put: { TableName: own, Item: marshall({ pk: `p-${index}` }) } })));
    expect((await db.send(new ScanCommand({ TableName: own, Select: 'COUNT' }))).Count).toBe(100);
  });

  it('takes 4 MB in all', async () => {
    const large = (count: number) =>
      Array.from({ length: count }, (_, index) => plain(`large-${index}`, { x: 'x'.repeat(390_000) }));
    await expect(write(large(11))).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await read('large-0')).toBeUndefined();
    await write(large(10));
    expect((await read('large-9'))?.['pk']).toBe('large-9');
  });

  it('of a table that is not there is refused', async () => {
    const missing = { Put: { TableName: 'conformance-no-such-table', Item: marshall({ pk: 'x' }) } };
    await expect(write([missing])).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('under the same token happens once, and another under it is refused', async () => {
    // "ClientRequestToken ... makes the call idempotent"; IdempotentParameterMismatchException for other parameters.
    const [token, pk] = [randomUUID(), randomUUID()];
    const add = (n: number): TransactWriteItem => ({
      Update: {
        TableName,
        Key: marshall({ pk }),
        UpdateExpression: 'ADD n :n',
        ExpressionAttributeValues: marshall({ ':n': n }),
      },
    });
    await write([add(1)], token);
    await write([add(1)], token);
    expect(await read(pk)).toEqual({ pk, n: 1 });
    await expect(write([add(2)], token)).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
    await write([add(1)], randomUUID());
    expect(await read(pk)).toEqual({ pk, n: 2 });
  });

  it('refuses a token of more than 36 characters', async () => {
    await expect(write([plain('token')], 't'.repeat(37))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
describe.skipIf(left)('TransactGetItems (skipped where CONFORMANCE_SKIP names dynamodb)', () => {
  const getting = (pk: string, more: object = {}) => ({ Get: { TableName, Key: marshall({ pk }), ...more } });

  it('answers in order, with nothing where nothing is', async () => {
    await put(TableName, { pk: 'get-1', a: 1, b: 2 }, { pk: 'get-2', a: 2 });
    const { Responses = [] } = await db.send(
      new TransactGetItemsCommand({
        TransactItems: [getting('get-2'), getting('nobody'), getting('get-1', { ProjectionExpression: 'b' })],
      }),
    );
    expect(Responses.map(({ Item }) => Item && unmarshall(Item))).toEqual([{ pk: 'get-2', a: 2 }, undefined, { b: 2 }]);
  });

  it.each([
    ['no item', []],
    ['101 items', Array.from({ length: 101 }, (_, index) => `p-${index}`)],
    ['an item twice', ['same', 'same']],
  ])('refuses %s', async (_, keys) => {
    await expect(db.send(new TransactGetItemsCommand({ TransactItems: keys.map((pk) => getting(pk)) }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
