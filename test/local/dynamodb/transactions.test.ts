import { beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, createTable, get, newCloud, put } from './cloud.ts';

let cloud: Cloud;
beforeEach(() => {
  cloud = newCloud();
  createTable(cloud);
});

const key = (name: string) => ({ pk: { S: name } });
const putOf = (name: string, more: object = {}) => ({ Put: { TableName: 'things', Item: key(name), ...more } });
const newOnly = { ConditionExpression: 'attribute_not_exists(pk)' };
const check = (name: string, condition: string) => ({
  ConditionCheck: { TableName: 'things', Key: key(name), ConditionExpression: condition },
});
const cancelledWith = (reasons: string) =>
  `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons}]`;

describe('a transaction of writes', () => {
  it('does everything', () => {
    put(cloud, { ...key('update'), n: { N: '1' } });
    put(cloud, key('delete'));
    const TransactItems = [
      check('delete', 'attribute_exists(pk)'),
      putOf('put', newOnly),
      {
        Update: {
          TableName: 'things',
          Key: key('update'),
          UpdateExpression: 'ADD n :n',
          ExpressionAttributeValues: { ':n': { N: '2' } },
        },
      },
    ];
    expect(
      cloud.refusal('TransactWriteItems', {
        TransactItems: [...TransactItems, { Delete: { TableName: 'things', Key: key('delete') } }],
      }).message,
    ).toBe('Transaction request cannot include multiple operations on one item');
    expect(
      cloud.call('TransactWriteItems', {
        TransactItems: [...TransactItems.slice(1), { Delete: { TableName: 'things', Key: key('delete') } }],
      }),
    ).toEqual({});
    expect([get(cloud, key('put')), get(cloud, key('update')), get(cloud, key('delete'))]).toEqual([
      key('put'),
      { ...key('update'), n: { N: '3' } },
      undefined,
    ]);
  });

  it('does nothing if one condition fails, and tells which, in order', () => {
    put(cloud, { ...key('taken'), owner: { S: 'somebody' } });
    const refusal = cloud.refusal('TransactWriteItems', {
      TransactItems: [
        putOf('free', newOnly),
        putOf('taken', newOnly),
        { Put: { TableName: 'things', Item: key('third') } },
        { ...check('absent', 'attribute_exists(pk)') },
      ],
    });
    expect(refusal.code).toBe('TransactionCanceledException');
    expect(refusal.message).toBe(cancelledWith('None, ConditionalCheckFailed, None, ConditionalCheckFailed'));
    const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
    expect(refusal.details).toEqual({ CancellationReasons: [{ Code: 'None' }, failed, { Code: 'None' }, failed] });
    expect([get(cloud, key('free')), get(cloud, key('third'))]).toEqual([undefined, undefined]);
  });

  it('shows the item that refused, if asked', () => {
    put(cloud, { ...key('taken'), owner: { S: 'somebody' } });
    const refusal = cloud.refusal('TransactWriteItems', {
      TransactItems: [putOf('taken', { ...newOnly, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })],
    });
    expect(refusal.details['CancellationReasons']).toEqual([
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { ...key('taken'), owner: { S: 'somebody' } },
      },
    ]);
  });

  // Captured from AWS: https://github.com/nubo-db/dynamodb-conformance, tests/tier3/error-messages/transactWriteItems.test.ts
  it('gives what is wrong with one operation’s item as a reason', () => {
    const refusal = cloud.refusal('TransactWriteItems', {
      TransactItems: [
        putOf('fine'),
        { Put: { TableName: 'things', Item: { pk: { N: '5' } } } },
        { Delete: { TableName: 'things', Key: { pk: { N: '6' } } } },
        { Update: { TableName: 'things', Key: key('new'), UpdateExpression: 'SET a = b' } },
      ],
    });
    expect(refusal.message).toBe(cancelledWith('None, ValidationError, ValidationError, ValidationError'));
    expect(refusal.details['CancellationReasons']).toEqual([
      { Code: 'None' },
      {
        Code: 'ValidationError',
        Message: 'One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N',
      },
      { Code: 'ValidationError', Message: 'The provided key element does not match the schema' },
      { Code: 'ValidationError', Message: 'The provided expression refers to an attribute that does not exist in the item' },
    ]);
    expect(get(cloud, key('fine'))).toBeUndefined();
  });

  it.each([
    [
      [],
      "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [[{}], 'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request'],
    [
      [putOf('fine'), putOf('', {})],
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
    ],
    [[check('a', 'attribute_not_exists(')], 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "("'],
    [[putOf('a', { ConditionExpression: '' })], 'Invalid ConditionExpression: The expression can not be empty;'],
    [
      [putOf('a', { ...newOnly, ExpressionAttributeValues: { ':v': { S: 'x' } } })],
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
    ],
    [
      [putOf('fine'), { Put: { TableName: 'bad!name', Item: key('a') } }],
      "1 validation error detected: Value 'bad!name' at 'transactItems.2.member.put.tableName' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+',
    ],
  ])('is refused as a whole if the request is wrong (%#)', (TransactItems, problem) => {
    const refusal = cloud.refusal('TransactWriteItems', { TransactItems });
    expect([refusal.code, refusal.message]).toEqual(['ValidationException', problem]);
    expect(get(cloud, key('fine'))).toBeUndefined();
  });

  it('has at most 100 operations and 4 MB', () => {
    const many = (count: number, size: number) =>
      Array.from({ length: count }, (_, index) => ({
        Put: { TableName: 'things', Item: { ...key(`k${index}`), x: { S: 'x'.repeat(size) } } },
      }));
    cloud.call('TransactWriteItems', { TransactItems: many(100, 1) });
    expect(cloud.refusal('TransactWriteItems', { TransactItems: many(101, 1) }).message).toMatch(
      /Member must have length less than or equal to 100$/,
    );
    cloud.call('TransactWriteItems', { TransactItems: many(10, 400_000) });
    expect(cloud.refusal('TransactWriteItems', { TransactItems: many(11, 400_000) }).code).toBe('ValidationException');
  });

  it('uses twice the capacity', () => {
    const answer = cloud.call('TransactWriteItems', { TransactItems: [putOf('a'), putOf('b')], ReturnConsumedCapacity: 'TOTAL' });
    expect(answer.ConsumedCapacity).toEqual([{ TableName: 'things', CapacityUnits: 4, WriteCapacityUnits: 4 }]);
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-apis-txwriteitems
describe('a client request token', () => {
  const add = (by: string, name = 'counter') => ({
    Update: { TableName: 'things', Key: key(name), UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': { N: by } } },
  });
  const once = (by: string, more: object = {}) => ({ TransactItems: [add(by)], ClientRequestToken: 'token', ...more });
  const count = () => get(cloud, key('counter'))?.n.N;

  it('makes the same transaction happen once in ten minutes', async () => {
    cloud.call('TransactWriteItems', once('1'));
    await cloud.clock.advance(599_999);
    const repeated = cloud.call('TransactWriteItems', once('1', { ReturnConsumedCapacity: 'TOTAL' }));
    expect(count()).toBe('1');
    expect(repeated.ConsumedCapacity).toEqual([{ TableName: 'things', CapacityUnits: 2, ReadCapacityUnits: 2 }]);
    await cloud.clock.advance(1);
    cloud.call('TransactWriteItems', once('1'));
    expect(count()).toBe('2');
  });

  it('does not pass for another transaction', () => {
    cloud.call('TransactWriteItems', once('1'));
    expect(cloud.refusal('TransactWriteItems', once('2')).code).toBe('IdempotentParameterMismatchException');
    expect(count()).toBe('1');
  });

  it('knows the transaction by its content, not by the order of its members', () => {
    cloud.call('TransactWriteItems', once('1'));
    const update = Object.fromEntries(Object.entries(add('1').Update).reverse());
    cloud.call('TransactWriteItems', { TransactItems: [{ Update: update }], ClientRequestToken: 'token' });
    expect(count()).toBe('1');
  });

  it('is free again after a cancellation', () => {
    const guarded = { TransactItems: [putOf('counter', newOnly)], ClientRequestToken: 'token' };
    put(cloud, key('counter'));
    expect(cloud.refusal('TransactWriteItems', guarded).code).toBe('TransactionCanceledException');
    cloud.call('DeleteItem', { TableName: 'things', Key: key('counter') });
    cloud.call('TransactWriteItems', guarded);
    expect(get(cloud, key('counter'))).toEqual(key('counter'));
  });
});

describe('a transaction of reads', () => {
  const getOf = (name: string, more: object = {}) => ({ Get: { TableName: 'things', Key: key(name), ...more } });

  it('answers in order, with an empty entry for what is not there', () => {
    put(cloud, { ...key('a'), x: { S: 'x' }, y: { S: 'y' } });
    const answer = cloud.call('TransactGetItems', {
      TransactItems: [getOf('absent'), getOf('a', { ProjectionExpression: 'x' })],
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(answer).toEqual({
      Responses: [{}, { Item: { x: { S: 'x' } } }],
      ConsumedCapacity: [{ TableName: 'things', CapacityUnits: 4, ReadCapacityUnits: 4 }],
    });
  });

  it('is cancelled by a wrong key, and refused if it names an item twice', () => {
    const wrong = cloud.refusal('TransactGetItems', { TransactItems: [getOf('a'), { Get: { TableName: 'things', Key: {} } }] });
    expect(wrong.message).toBe(cancelledWith('None, ValidationError'));
    expect(cloud.refusal('TransactGetItems', { TransactItems: [getOf('a'), getOf('a')] }).message).toBe(
      'Transaction request cannot include multiple operations on one item',
    );
  });
});
