import { Readable } from 'node:stream';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
import { leftOut, openEndpoint } from './endpoint.ts';
import { type Item, keySchema, openTables } from './tables.ts';

const { db, newTable, put, close } = openTables(await openEndpoint());
const left = leftOut('dynamodb');
const TableName = left ? '' : await newTable();
const sortedTable = left ? '' : await newTable({ sort: 'sk' });

afterAll(close);

const putItem = (Item: Item, table = TableName) => db.send(new PutItemCommand({ TableName: table, Item }));
const stored = async (pk: string) => (await db.send(new GetItemCommand({ TableName, Key: marshall({ pk }) }))).Item;

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (item size, keys, names, expressions),
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html (how sizes are counted)
describe.skipIf(left)('sizes (skipped where CONFORMANCE_SKIP names dynamodb)', () => {
  it('of an item are 400 KB, with the names of its attributes', async () => {
    const most = 400 * 1024;
    const item = (bytes: number) => marshall({ pk: 'large', x: 'x'.repeat(bytes - 'pklargex'.length) });
    await putItem(item(most));
    await expect(putItem(item(most + 1))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Item size has exceeded the maximum allowed size',
    });
    await expect(
      db.send(
        new UpdateItemCommand({
          TableName,
          Key: marshall({ pk: 'large' }),
          UpdateExpression: 'SET y = :y',
          ExpressionAttributeValues: marshall({ ':y': 'y' }),
        }),
      ),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Item size to update has exceeded the maximum allowed size',
    });
  });

  it('of a text are counted in bytes', async () => {
    await expect(putItem(marshall({ pk: 'wide', x: 'é'.repeat(210_000) }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await putItem(marshall({ pk: 'wide', x: 'e'.repeat(210_000) }));
  });

  it('of a partition key are 1 to 2,048 bytes, of a sort key 1 to 1,024', async () => {
    await putItem(marshall({ pk: 'p'.repeat(2048) }));
    await expect(putItem(marshall({ pk: 'p'.repeat(2049) }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
    });
    await putItem(marshall({ pk: 'p', sk: 's'.repeat(1024) }), sortedTable);
    await expect(putItem(marshall({ pk: 'p', sk: 's'.repeat(1025) }), sortedTable)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/range keys? has exceeded the (maximum )?size limit of ?1024 bytes/),
    });
    await expect(putItem(marshall({ pk: '' }))).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
    });
  });

  it('of an expression are 4 KB', async () => {
    const update = (value: string) =>
      db.send(
        new UpdateItemCommand({
          TableName,
          Key: marshall({ pk: 'expression' }),
          UpdateExpression: `SET a = ${value}`,
          ExpressionAttributeValues: { [value]: { N: '1' } },
        }),
      );
    await expect(update(`:${'v'.repeat(4096)}`)).rejects.toMatchObject({ name: 'ValidationException' });
    await update(':v');
  });

  it('of nesting are 32 levels', async () => {
    const nested = (levels: number): object => (levels === 0 ? {} : { in: nested(levels - 1) });
    await putItem(marshall({ pk: 'deep', x: nested(30) }));
    await expect(putItem(marshall({ pk: 'deep', x: nested(33) }))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('of batches are 25 writes and 100 reads, each of an item of its own', async () => {
    // API reference, BatchWriteItem and BatchGetItem
    const keys = (count: number) => Array.from({ length: count }, (_, index) => marshall({ pk: `batch-${index}` }));
    const write = (items: Item[]) =>
      db.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: items.map((Item) => ({ PutRequest: { Item } })) } }));
    const read = (Keys: Item[]) => db.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }));
    await expect(write(keys(26))).rejects.toMatchObject({ name: 'ValidationException' });
    await write(keys(25));
    await expect(read(keys(101))).rejects.toMatchObject({ name: 'ValidationException' });
    expect((await read(keys(100))).Responses?.[TableName]).toHaveLength(25);
    const twice = [...keys(1), ...keys(1)];
    await expect(write(twice)).rejects.toMatchObject({ message: 'Provided list of item keys contains duplicates' });
    await expect(read(twice)).rejects.toMatchObject({ message: 'Provided list of item keys contains duplicates' });
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html (numbers, sets, empty values)
describe.skipIf(left)('values (skipped where CONFORMANCE_SKIP names dynamodb)', () => {
  it.each([
    ['1.0', '1'],
    ['0100', '100'],
    ['1e3', '1000'],
    ['-0', '0'],
    ['0.10', '0.1'],
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
    ['9.9999999999999999999999999999999999999E+125', `${'9'.repeat(38)}${'0'.repeat(88)}`],
  ])('the number %s comes back as %s', async (given, answered) => {
    await putItem({ pk: { S: 'number' }, n: { N: given } });
    expect(await stored('number')).toEqual({ pk: { S: 'number' }, n: { N: answered } });
  });

  it.each([
    ['123456789012345678901234567890123456789', 'Attempting to store more than 38 significant digits in a Number'],
    ['1e126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['1e-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
    ['ten', 'The parameter cannot be converted to a numeric value: ten'],
    ['', 'The parameter cannot be converted to a numeric value'],
  ])('the number %j is refused', async (given, message) => {
    await expect(putItem({ pk: { S: 'number' }, n: { N: given } })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it('sets have members, each once; texts and lists may be empty', async () => {
    for (const x of [{ SS: [] }, { NS: [] }, { SS: ['a', 'a'] }, { NS: ['1', '1.0'] }])
      await expect(putItem({ pk: { S: 'set' }, x }), JSON.stringify(x)).rejects.toMatchObject({ name: 'ValidationException' });
    const item = { pk: { S: 'set' }, a: { S: '' }, b: { L: [] }, c: { M: {} }, d: { NULL: true } };
    await putItem(item);
    expect(await stored('set')).toEqual(item);
  });

  it.each<[string, Item, string]>([
    ['without its key', { x: { S: 'x' } }, 'One or more parameter values were invalid: Missing the key pk in the item'],
    [
      'whose key has another type',
      { pk: { N: '1' } },
      'One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N',
    ],
  ])('an item %s is refused', async (_, item, message) => {
    await expect(putItem(item)).rejects.toMatchObject({ name: 'ValidationException', message });
  });

  it('a key is the key of the table, no more and no less', async () => {
    const message = 'The provided key element does not match the schema';
    for (const key of [{}, { pk: 'x', more: 'y' }, { other: 'x' }, { pk: 1 }])
      await expect(db.send(new GetItemCommand({ TableName, Key: marshall(key) })), JSON.stringify(key)).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining(message),
      });
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html and Programming.LowLevelAPI.html
describe.skipIf(left)('an error (skipped where CONFORMANCE_SKIP names dynamodb)', () => {
  it('is JSON with __type and message, under status 400', async () => {
    const seen = { status: 0, headers: {} as Readonly<Record<string, string>>, body: '' };
    db.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const response = result.response as { statusCode: number; headers: Record<string, string>; body: Readable };
        const chunks: Buffer[] = [];
        for await (const chunk of response.body) chunks.push(chunk as Buffer);
        Object.assign(seen, { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() });
        response.body = Readable.from([Buffer.concat(chunks)]);
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'seen' },
    );
    await expect(db.send(new DescribeTableCommand({ TableName: 'conformance-no-such-table' }))).rejects.toThrow();
    db.middlewareStack.remove('seen');
    expect(seen.status).toBe(400);
    expect(seen.headers['content-type']).toBe('application/x-amz-json-1.0');
    expect(seen.headers['x-amzn-requestid']).toMatch(/.+/);
    expect(JSON.parse(seen.body)).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
      message: 'Requested resource not found: Table: conformance-no-such-table not found',
    });
  });

  it('of a table that is not there says no more for items', async () => {
    await expect(put('conformance-no-such-table', { pk: 'x' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    });
  });

  it('of a table that is there already', async () => {
    const again = {
      TableName,
      KeySchema: keySchema('pk'),
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' as const }],
      BillingMode: 'PAY_PER_REQUEST' as const,
    };
    await expect(db.send(new CreateTableCommand(again))).rejects.toMatchObject({ name: 'ResourceInUseException' });
    await expect(db.send(new CreateTableCommand({ ...again, TableName: 'ab' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(db.send(new CreateTableCommand({ ...again, TableName: 'a b c' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('of a table with more indexes than 20 global or 5 local ones', async () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `a${index}`);
    const table = (count: number, sort: boolean) => ({
      TableName: 'conformance-too-many-indexes',
      KeySchema: sort ? keySchema('pk', 'sk') : keySchema('pk'),
      AttributeDefinitions: ['pk', ...(sort ? ['sk'] : []), ...names(count)].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      BillingMode: 'PAY_PER_REQUEST' as const,
    });
    const index = (name: string, ...keys: string[]) => ({
      IndexName: `index-${name}`,
      KeySchema: keySchema(...keys),
      Projection: { ProjectionType: 'ALL' as const },
    });
    const global = { ...table(21, false), GlobalSecondaryIndexes: names(21).map((name) => index(name, name)) };
    const local = { ...table(6, true), LocalSecondaryIndexes: names(6).map((name) => index(name, 'pk', name)) };
    for (const input of [global, local])
      await expect(db.send(new CreateTableCommand(input))).rejects.toMatchObject({
        name: expect.stringMatching(/^(ValidationException|LimitExceededException)$/),
      });
  });
});
