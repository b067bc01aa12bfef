import { beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, createTable, get, newCloud, put } from './cloud.ts';

let cloud: Cloud;
beforeEach(() => {
  cloud = newCloud();
  createTable(cloud);
});

const KEY = { pk: { S: 'a' } };

describe('an item', () => {
  it('comes back as it was put, numbers and sets normalised', () => {
    const item = {
      ...KEY,
      n: { N: '1.00' },
      ns: { NS: ['1e1', '2'] },
      empty: { S: '' },
      blob: { B: 'AAEC' },
      l: { L: [] },
      m: { M: {} },
    };
    put(cloud, item);
    expect(get(cloud, KEY)).toEqual({ ...item, n: { N: '1' }, ns: { NS: ['10', '2'] } });
  });

  it('that is not there is no member of the answer', () => {
    expect(cloud.call('GetItem', { TableName: 'things', Key: KEY })).toEqual({});
  });

  it('is found under an equal number, however that is written', () => {
    const numbers = newCloud();
    createTable(numbers, { types: { pk: 'N' } });
    put(numbers, { pk: { N: '1.0' } });
    expect(get(numbers, { pk: { N: '100e-2' } })).toEqual({ pk: { N: '1' } });
  });

  it('is replaced whole by a put, which can return it', () => {
    put(cloud, { ...KEY, x: { S: 'old' } });
    const answer = cloud.call('PutItem', { TableName: 'things', Item: { ...KEY, y: { S: 'new' } }, ReturnValues: 'ALL_OLD' });
    expect(answer.Attributes).toEqual({ ...KEY, x: { S: 'old' } });
    expect(get(cloud, KEY)).toEqual({ ...KEY, y: { S: 'new' } });
  });

  it('is deleted, and deleting what is not there is no error', () => {
    put(cloud, KEY);
    const deletion = { TableName: 'things', Key: KEY, ReturnValues: 'ALL_OLD' };
    expect(cloud.call('DeleteItem', deletion).Attributes).toEqual(KEY);
    expect(cloud.call('DeleteItem', deletion)).toEqual({});
  });

  it('may be reached by the table’s ARN', () => {
    cloud.call('PutItem', { TableName: 'arn:aws:dynamodb:eu-west-1:123456789012:table/things', Item: KEY });
    expect(get(cloud, KEY)).toEqual(KEY);
  });

  it('may have attributes named like members of every object', () => {
    put(cloud, JSON.parse('{"pk": {"S": "a"}, "__proto__": {"S": "own"}}'));
    expect(Object.keys(get(cloud, KEY))).toEqual(['pk', '__proto__']);
  });
});

// Messages: https://github.com/architect/dynalite and https://github.com/nubo-db/dynamodb-conformance, whose suites run against AWS.
describe('a put is refused for', () => {
  const nested = (depth: number): object => (depth === 0 ? { S: 'leaf' } : { M: { n: nested(depth - 1) } });
  const invalid = (problem: string) => `One or more parameter values were invalid: ${problem}`;

  it.each([
    [{ ...KEY, x: { SS: [] } }, invalid('An string set  may not be empty')],
    [{ ...KEY, x: { NS: [] } }, invalid('An number set  may not be empty')],
    [{ ...KEY, x: { BS: [] } }, invalid('Binary sets should not be empty')],
    [{ ...KEY, x: { SS: ['a', 'a'] } }, invalid('Input collection [a, a] contains duplicates.')],
    [{ ...KEY, x: { NS: ['1', '1.0'] } }, 'Input collection contains duplicates'],
    [{ ...KEY, x: { NULL: false } }, invalid('Null attribute value types must have the value of true')],
    [{ ...KEY, x: {} }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [
      { ...KEY, x: { S: 'a', N: '1' } },
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ],
    [{ ...KEY, x: { N: 'ten' } }, 'The parameter cannot be converted to a numeric value: ten'],
    [{ x: { S: 'a' } }, invalid('Missing the key pk in the item')],
    [{ pk: { N: '1' } }, invalid('Type mismatch for key pk expected: S actual: N')],
    [
      { pk: { S: '' } },
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
    ],
    [{ pk: { S: 'x'.repeat(2049) } }, invalid('Size of hashkey has exceeded the maximum size limit of2048 bytes')],
    [
      { ...KEY, x: nested(33) },
      'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    ],
    [{ ...KEY, x: { S: 'x'.repeat(409_600) } }, 'Item size has exceeded the maximum allowed size'],
  ])('what it holds (%#)', (item, problem) => {
    const refusal = cloud.refusal('PutItem', { TableName: 'things', Item: item });
    expect([refusal.code, refusal.message]).toEqual(['ValidationException', problem]);
  });

  it('more than 400 KB, counted with the names', () => {
    // pk (2) + a (1) + x (1) + the text: 409,600 bytes at most
    put(cloud, { ...KEY, x: { S: 'x'.repeat(409_596) } });
    expect(cloud.refusal('PutItem', { TableName: 'things', Item: { ...KEY, x: { S: 'x'.repeat(409_597) } } }).message).toBe(
      'Item size has exceeded the maximum allowed size',
    );
  });

  it('a type of JSON that does not belong there', () => {
    const refusal = cloud.refusal('PutItem', { TableName: 'things', Item: { pk: { S: 5 } } });
    expect([refusal.code, refusal.message]).toEqual(['SerializationException', 'NUMBER_VALUE cannot be converted to String']);
    expect(cloud.refusal('PutItem', { TableName: 'things', Item: { ...KEY, b: { B: 'x' } } }).code).toBe(
      'SerializationException',
    );
  });

  it.each([
    [{ ReturnValues: 'UPDATED_NEW' }, 'ReturnValues can only be ALL_OLD or NONE'],
    [
      { Expected: {}, ConditionExpression: 'attribute_exists(pk)' },
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
    ],
    [{ Expected: {} }, "The parameter 'Expected' is not supported by the local cloud"],
    [{ ConditionalOperator: 'AND' }, "The parameter 'ConditionalOperator' is not supported by the local cloud"],
    [{ Itme: {} }, "The parameter 'Itme' is not supported by the local cloud"],
  ])('its parameters (%#)', (parameters, problem) => {
    expect(cloud.refusal('PutItem', { TableName: 'things', Item: KEY, ...parameters }).message).toBe(problem);
  });

  it.each([
    [undefined, "Value null at 'tableName' failed to satisfy constraint: Member must not be null"],
    ['', "Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1"],
    [
      'bad!',
      "Value 'bad!' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ],
  ])('the table name %s', (name, problem) => {
    expect(cloud.refusal('PutItem', { TableName: name, Item: KEY }).message).toBe(`1 validation error detected: ${problem}`);
  });

  it('several reasons at once', () => {
    const refusal = cloud.refusal('PutItem', {
      TableName: 'things',
      Item: KEY,
      ReturnConsumedCapacity: 'ALL',
      ReturnValues: 'SOME',
    });
    expect(refusal.message).toBe(
      "2 validation errors detected: Value 'ALL' at 'returnConsumedCapacity' failed to satisfy constraint: " +
        "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value 'SOME' at 'returnValues' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]',
    );
  });

  it('a table that is not there', () => {
    const refusal = cloud.refusal('PutItem', { TableName: 'nowhere', Item: KEY });
    expect([refusal.code, refusal.message]).toEqual(['ResourceNotFoundException', 'Requested resource not found']);
  });
});

describe('a key is refused', () => {
  it.each([[{}], [{ pk: { N: '1' } }], [{ other: { S: 'a' } }], [{ pk: { S: 'a' }, sk: { S: 'b' } }]])('if it is %j', (key) => {
    expect(cloud.refusal('GetItem', { TableName: 'things', Key: key }).message).toBe(
      'The provided key element does not match the schema',
    );
  });
});

describe('a conditional write', () => {
  const conditional = (condition: string, more: object = {}) => ({
    TableName: 'things',
    Item: { ...KEY, v: { N: '2' } },
    ConditionExpression: condition,
    ...more,
  });

  it('happens if its condition is met', () => {
    cloud.call('PutItem', conditional('attribute_not_exists(pk)'));
    cloud.call('PutItem', conditional('v = :v', { ExpressionAttributeValues: { ':v': { N: '2' } } }));
    expect(get(cloud, KEY)).toEqual({ ...KEY, v: { N: '2' } });
  });

  it('changes nothing if not, and shows what refused it only if asked', () => {
    put(cloud, { ...KEY, v: { N: '1' } });
    const refusal = cloud.refusal('PutItem', conditional('attribute_not_exists(pk)'));
    expect([refusal.code, refusal.message, refusal.details]).toEqual([
      'ConditionalCheckFailedException',
      'The conditional request failed',
      {},
    ]);
    const shown = cloud.refusal(
      'PutItem',
      conditional('attribute_not_exists(pk)', { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    );
    expect(shown.details).toEqual({ Item: { ...KEY, v: { N: '1' } } });
    expect(get(cloud, KEY)).toEqual({ ...KEY, v: { N: '1' } });
  });

  it('guards updates and deletes as well', () => {
    const guard = { TableName: 'things', Key: KEY, ConditionExpression: 'attribute_exists(pk)' };
    expect(cloud.refusal('DeleteItem', guard).code).toBe('ConditionalCheckFailedException');
    expect(cloud.refusal('UpdateItem', { ...guard, UpdateExpression: 'SET v = pk' }).code).toBe(
      'ConditionalCheckFailedException',
    );
    put(cloud, KEY);
    cloud.call('UpdateItem', { ...guard, UpdateExpression: 'SET v = pk' });
    cloud.call('DeleteItem', guard);
    expect(get(cloud, KEY)).toBeUndefined();
  });
});

describe('batches', () => {
  const puts = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ PutRequest: { Item: { pk: { S: `k${index}` } } } }));

  it('write and read many items', () => {
    expect(cloud.call('BatchWriteItem', { RequestItems: { things: puts(25) } })).toEqual({ UnprocessedItems: {} });
    const keys = [{ pk: { S: 'k0' } }, { pk: { S: 'k24' } }, { pk: { S: 'k25' } }];
    expect(cloud.call('BatchGetItem', { RequestItems: { things: { Keys: keys } } })).toEqual({
      Responses: { things: [{ pk: { S: 'k0' } }, { pk: { S: 'k24' } }] },
      UnprocessedKeys: {},
    });
    cloud.call('BatchWriteItem', { RequestItems: { things: [{ DeleteRequest: { Key: { pk: { S: 'k0' } } } }] } });
    expect(get(cloud, { pk: { S: 'k0' } })).toBeUndefined();
  });

  it('write at most 25', () => {
    expect(cloud.refusal('BatchWriteItem', { RequestItems: { things: puts(26) } }).message).toMatch(
      /at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: \[Member must have length less than or equal to 25, Member must have length greater than or equal to 1\]$/,
    );
  });

  it('read at most 100', () => {
    const keys = Array.from({ length: 101 }, (_, index) => ({ pk: { S: `k${index}` } }));
    expect(cloud.refusal('BatchGetItem', { RequestItems: { things: { Keys: keys } } }).message).toBe(
      "1 validation error detected: Value at 'RequestItems.things.member.Keys' failed to satisfy constraint: Member must have length less than or equal to 100",
    );
  });

  it('name each item once', () => {
    const twice = [{ PutRequest: { Item: KEY } }, { DeleteRequest: { Key: KEY } }];
    expect(cloud.refusal('BatchWriteItem', { RequestItems: { things: twice } }).message).toBe(
      'Provided list of item keys contains duplicates',
    );
    expect(cloud.refusal('BatchGetItem', { RequestItems: { things: { Keys: [KEY, KEY] } } }).message).toBe(
      'Provided list of item keys contains duplicates',
    );
    expect(get(cloud, KEY)).toBeUndefined();
  });

  it('leave what does not fit into 16 MB for another call', () => {
    const keys = Array.from({ length: 45 }, (_, index) => ({ pk: { S: `big${index}` } }));
    for (const key of keys) put(cloud, { ...key, x: { S: 'x'.repeat(400_000) } });
    const answer = cloud.call('BatchGetItem', { RequestItems: { things: { Keys: keys, ProjectionExpression: 'pk' } } });
    // 16 MB / 400 KB: 41 whole items
    expect(answer.Responses.things).toHaveLength(41);
    expect(answer.UnprocessedKeys).toEqual({ things: { Keys: keys.slice(41), ProjectionExpression: 'pk' } });
  });
});

describe('capacity', () => {
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
  it('is told if asked for', () => {
    const item = { ...KEY, x: { S: 'x'.repeat(5000) } };
    const written = cloud.call('PutItem', { TableName: 'things', Item: item, ReturnConsumedCapacity: 'TOTAL' });
    expect(written.ConsumedCapacity).toEqual({ TableName: 'things', CapacityUnits: 5 });
    const read = (more: object) =>
      cloud.call('GetItem', { TableName: 'things', Key: KEY, ReturnConsumedCapacity: 'INDEXES', ...more }).ConsumedCapacity;
    expect(read({})).toEqual({ TableName: 'things', CapacityUnits: 1, Table: { CapacityUnits: 1 } });
    expect(read({ ConsistentRead: true })).toEqual({ TableName: 'things', CapacityUnits: 2, Table: { CapacityUnits: 2 } });
    expect(read({ ReturnConsumedCapacity: 'NONE' })).toBeUndefined();
  });
});
