import {
  type AttributeValue,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
import { leftOut, openEndpoint } from './endpoint.ts';
import { keySchema, openTables } from './tables.ts';

const { db, newTable, put, close } = openTables(await openEndpoint());
const left = leftOut('dynamodb');

afterAll(close);

type Key = Record<string, AttributeValue>;

/** Every page, one after the other. */
const pages = async (page: (start: { ExclusiveStartKey?: Key }) => Promise<Page>): Promise<readonly Page[]> => {
  const found: Page[] = [];
  for (let start: { ExclusiveStartKey?: Key } | undefined = {}; start !== undefined; ) {
    const answer: Page = await page(start);
    found.push(answer);
    start = answer.LastEvaluatedKey === undefined ? undefined : { ExclusiveStartKey: answer.LastEvaluatedKey };
  }
  return found;
};

interface Page {
  readonly Items?: Key[] | undefined;
  readonly Count?: number | undefined;
  readonly ScannedCount?: number | undefined;
  readonly LastEvaluatedKey?: Key | undefined;
}

const itemsOf = ({ Items = [] }: Page) => Items.map((item) => unmarshall(item));

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html (Query.KeyConditionExpressions, Query.Pagination,
// Query.FilterExpression, Query.Limit) and https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html
describe.skipIf(left)('a query (skipped where CONFORMANCE_SKIP names dynamodb)', async () => {
  const TableName = left ? '' : await newTable({ sort: 'sk' });
  const query = (more: Partial<QueryCommandInput> = {}) =>
    db.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ...more,
        ExpressionAttributeValues: { ':pk': { S: 'p' }, ...more.ExpressionAttributeValues },
      }),
    );
  if (!left) {
    await put(TableName, ...['a', 'b1', 'b2', 'c', 'd'].map((sk, n) => ({ pk: 'p', sk, n })), { pk: 'q', sk: 'a', n: 9 });
  }

  const sorted = async (condition: string, values: object, more: Partial<QueryCommandInput> = {}) =>
    itemsOf(
      await query({ KeyConditionExpression: `pk = :pk AND ${condition}`, ExpressionAttributeValues: marshall(values), ...more }),
    ).map(({ sk }) => sk);

  it.each<[string, object, readonly string[]]>([
    ['sk = :x', { ':x': 'b1' }, ['b1']],
    ['sk < :x', { ':x': 'b2' }, ['a', 'b1']],
    ['sk <= :x', { ':x': 'b2' }, ['a', 'b1', 'b2']],
    ['sk > :x', { ':x': 'b2' }, ['c', 'd']],
    ['sk >= :x', { ':x': 'b2' }, ['b2', 'c', 'd']],
    ['sk BETWEEN :x AND :y', { ':x': 'b1', ':y': 'c' }, ['b1', 'b2', 'c']],
    ['begins_with(sk, :x)', { ':x': 'b' }, ['b1', 'b2']],
  ])('reads the sort keys %s', async (condition, values, keys) => {
    expect(await sorted(condition, values)).toEqual(keys);
  });

  it('reads forwards, or backwards if told', async () => {
    expect(itemsOf(await query()).map(({ sk }) => sk)).toEqual(['a', 'b1', 'b2', 'c', 'd']);
    expect(await sorted('sk < :x', { ':x': 'c' }, { ScanIndexForward: false })).toEqual(['b2', 'b1', 'a']);
  });

  it('gives so many items a page as Limit says, and the key of the last', async () => {
    const found = await pages((start) => query({ Limit: 2, ...start }));
    expect(found.map((page) => itemsOf(page).map(({ sk }) => sk))).toEqual([['a', 'b1'], ['b2', 'c'], ['d']]);
    expect(found[0]?.LastEvaluatedKey).toEqual(marshall({ pk: 'p', sk: 'b1' }));
    expect(found[2]?.LastEvaluatedKey).toBeUndefined();
  });

  it('filters after the limit: ScannedCount counts what was read, Count what passed', async () => {
    const filter = { FilterExpression: 'n >= :n', ExpressionAttributeValues: marshall({ ':n': 3 }) };
    expect(await query({ Limit: 3, ...filter })).toMatchObject({
      Count: 0,
      ScannedCount: 3,
      Items: [],
      LastEvaluatedKey: marshall({ pk: 'p', sk: 'b2' }),
    });
    expect(await query(filter)).toMatchObject({ Count: 2, ScannedCount: 5 });
  });

  it('counts alone if asked', async () => {
    const answer = await query({ Select: 'COUNT' });
    expect(answer).toMatchObject({ Count: 5, ScannedCount: 5 });
    expect(answer.Items).toBeUndefined();
  });

  it.each<[string, Partial<QueryCommandInput>, string]>([
    ['without the partition key', { KeyConditionExpression: 'sk = :pk' }, 'Query condition missed key schema element: pk'],
    ['of a range of partition keys', { KeyConditionExpression: 'pk > :pk' }, 'Query key condition not supported'],
    [
      'with a filter on a key',
      { FilterExpression: 'sk = :pk' },
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    ],
    ['with an index that there is not', { IndexName: 'nobody' }, 'The table does not have the specified index: nobody'],
    ['with a limit of 0', { Limit: 0 }, ''],
    ['that starts at half a key', { ExclusiveStartKey: marshall({ pk: 'p' }) }, 'The provided starting key is invalid'],
  ])('%s is refused', async (_, wrong, message) => {
    const error: unknown = await query(wrong).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ValidationException' });
    expect((error as Error).message).toContain(message);
  });

  it('ends a page at 1 MB, before the limit and before the filter', async () => {
    const own = await newTable({ sort: 'sk', types: { sk: 'N' } });
    await put(own, ...Array.from({ length: 6 }, (_, sk) => ({ pk: 'p', sk, x: 'x'.repeat(300_000), even: sk % 2 === 0 })));
    const found = await pages((start) =>
      db.send(
        new QueryCommand({
          TableName: own,
          KeyConditionExpression: 'pk = :pk',
          FilterExpression: 'even = :yes',
          ExpressionAttributeValues: marshall({ ':pk': 'p', ':yes': true }),
          ...start,
        }),
      ),
    );
    // Four items of 300 KB are the first to be more than 1 MB; a page ends with the item that reaches it.
    expect(found.map(({ ScannedCount, Count }) => [ScannedCount, Count])).toEqual([
      [4, 2],
      [2, 1],
    ]);
  });
});

describe.skipIf(left)('a scan (skipped where CONFORMANCE_SKIP names dynamodb)', async () => {
  const TableName = left ? '' : await newTable();
  const names = Array.from({ length: 20 }, (_, index) => `item-${index}`);
  if (!left) await put(TableName, ...names.map((pk, n) => ({ pk, n })));
  const scan = (more: Partial<ScanCommandInput>) => db.send(new ScanCommand({ TableName, ...more }));

  it('reads each item once, page by page', async () => {
    const found = await pages((start) => scan({ Limit: 7, ...start }));
    expect(found.map(({ Count }) => Count)).toEqual([7, 7, 6]);
    expect(
      found
        .flatMap(itemsOf)
        .map(({ pk }) => pk)
        .sort(),
    ).toEqual([...names].sort());
  });

  it('filters after the limit', async () => {
    const filter = { FilterExpression: 'n < :n', ExpressionAttributeValues: marshall({ ':n': 5 }) };
    const found = await pages((start) => scan({ Limit: 10, ...filter, ...start }));
    expect(found.reduce((sum, { Count = 0 }) => sum + Count, 0)).toBe(5);
    expect(found.reduce((sum, { ScannedCount = 0 }) => sum + ScannedCount, 0)).toBe(20);
  });

  it('in segments reads each item in one of them', async () => {
    const segments = await Promise.all([0, 1, 2].map((Segment) => scan({ Segment, TotalSegments: 3 })));
    expect(
      segments
        .flatMap(itemsOf)
        .map(({ pk }) => pk)
        .sort(),
    ).toEqual([...names].sort());
    await expect(scan({ Segment: 3, TotalSegments: 3 })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(scan({ Segment: 0 })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html and SecondaryIndexes.html
describe.skipIf(left)('a global secondary index (skipped where CONFORMANCE_SKIP names dynamodb)', async () => {
  const index = (name: string, Projection: object) => ({ IndexName: name, KeySchema: keySchema('owner', 'at'), Projection });
  const TableName = left
    ? ''
    : await newTable({
        types: { owner: 'S', at: 'N' },
        more: {
          GlobalSecondaryIndexes: [
            index('all', { ProjectionType: 'ALL' }),
            index('keys', { ProjectionType: 'KEYS_ONLY' }),
            index('some', { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] }),
          ],
        },
      });
  const query = (IndexName: string, more: Partial<QueryCommandInput> = {}) =>
    db.send(
      new QueryCommand({
        TableName,
        IndexName,
        KeyConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': { S: 'me' } },
        ...more,
      }),
    );
  if (!left) {
    await put(
      TableName,
      { pk: '1', owner: 'me', at: 3, title: 'third', more: 'x' },
      { pk: '2', owner: 'me', at: 1, title: 'first', more: 'x' },
      { pk: '3', owner: 'me', at: 2, title: 'second' },
      { pk: '4', owner: 'me', title: 'without a time' },
      { pk: '5', at: 5, title: 'without an owner' },
      { pk: '6', owner: 'you', at: 1 },
    );
  }

  it('holds only items that have its keys, in the order of its sort key', async () => {
    expect(itemsOf(await query('all')).map(({ pk }) => pk)).toEqual(['2', '3', '1']);
    expect((await db.send(new ScanCommand({ TableName, IndexName: 'all' }))).Count).toBe(4);
  });

  it('has the attributes that it projects', async () => {
    expect(itemsOf(await query('all'))[0]).toEqual({ pk: '2', owner: 'me', at: 1, title: 'first', more: 'x' });
    expect(itemsOf(await query('keys'))[0]).toEqual({ pk: '2', owner: 'me', at: 1 });
    expect(itemsOf(await query('some'))[0]).toEqual({ pk: '2', owner: 'me', at: 1, title: 'first' });
  });

  it('is not read consistently, and gives no more than it projects', async () => {
    await expect(query('all', { ConsistentRead: true })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Consistent reads are not supported on global secondary indexes',
    });
    await expect(query('keys', { Select: 'ALL_ATTRIBUTES' })).rejects.toMatchObject({ name: 'ValidationException' });
    expect((await query('all', { Select: 'ALL_PROJECTED_ATTRIBUTES' })).Count).toBe(3);
  });

  it("goes on after a key of its own and the table's", async () => {
    const found = await pages((start) => query('all', { Limit: 2, ...start }));
    expect(found[0]?.LastEvaluatedKey).toEqual(marshall({ pk: '3', owner: 'me', at: 2 }));
    expect(found.flatMap(itemsOf).map(({ pk }) => pk)).toEqual(['2', '3', '1']);
  });

  it('does not take an item whose key has another type', async () => {
    await expect(put(TableName, { pk: '7', owner: 1, at: 1 })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Type mismatch for Index Key owner Expected: S Actual: N'),
    });
  });
});
