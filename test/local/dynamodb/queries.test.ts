import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Cloud, createTable, newCloud, put, schemaOf } from './cloud.ts';

const on = (condition: string, values: object, more: object = {}) => ({
  TableName: 'things',
  KeyConditionExpression: condition,
  ExpressionAttributeValues: values,
  ...more,
});

/** All pages of a Query or Scan, each cut at `limit`. */
const pages = (cloud: Cloud, action: string, input: object, limit: number): readonly Answer[] => {
  const answers: Answer[] = [];
  let start: object | undefined;
  do {
    const answer = cloud.call(action, { ...input, Limit: limit, ...(start === undefined ? {} : { ExclusiveStartKey: start }) });
    answers.push(answer);
    if (answers.length > 100) throw new Error('the pages do not end');
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
  return answers;
};

const itemsOf = (answers: readonly Answer[]): readonly Answer[] => answers.flatMap((answer) => answer.Items);

describe('a query', () => {
  let cloud: Cloud;
  beforeEach(() => {
    cloud = newCloud();
    createTable(cloud, { sort: 'sk' });
    for (const sk of ['b', 'a', 'ab', 'abc', 'c', 'é', '\u{1F600}', '\uFFFD'])
      put(cloud, { pk: { S: 'p' }, sk: { S: sk }, v: { S: sk } });
    put(cloud, { pk: { S: 'other' }, sk: { S: 'a' } });
  });

  const sorts = (answer: Answer): readonly string[] => answer.Items.map((item: Answer) => item.sk.S);
  const found = (range: string, values: object, more: object = {}) =>
    sorts(cloud.call('Query', on(`pk = :p${range}`, { ':p': { S: 'p' }, ...values }, more)));

  it('reads one partition in the order of the UTF-8 bytes, or backwards', () => {
    // U+1F600 is F0 9F 98 80 in UTF-8, above U+FFFD's EF BF BD; as UTF-16 units it would be below
    const inOrder = ['a', 'ab', 'abc', 'b', 'c', 'é', '\uFFFD', '\u{1F600}'];
    expect(found('', {})).toEqual(inOrder);
    expect(found('', {}, { ScanIndexForward: false })).toEqual(inOrder.reverse());
  });

  it.each([
    [' AND sk = :v', ['ab']],
    [' AND sk < :v', ['a']],
    [' AND sk <= :v', ['a', 'ab']],
    [' AND sk > :v AND sk < :w', undefined],
    [' AND :v > sk', ['a']],
    [' AND sk BETWEEN :v AND :w', ['ab', 'abc', 'b']],
    [' AND begins_with(sk, :v)', ['ab', 'abc']],
  ])('takes a range of sort keys: pk = :p%s', (range, sortKeys) => {
    const values = { ':v': { S: 'ab' }, ...(range.includes(':w') ? { ':w': { S: 'b' } } : {}) };
    if (sortKeys === undefined) {
      expect(cloud.refusal('Query', on(`pk = :p${range}`, { ':p': { S: 'p' }, ...values })).message).toBe(
        'KeyConditionExpressions must only contain one condition per key',
      );
      return;
    }
    expect(found(range, values)).toEqual(sortKeys);
    expect(found(range, values, { ScanIndexForward: false })).toEqual([...sortKeys].reverse());
  });

  it('counts what it reads before the filter, and what passes', () => {
    const input = on('pk = :p', { ':p': { S: 'p' }, ':v': { S: 'a' } }, { FilterExpression: 'begins_with(v, :v)', Limit: 4 });
    expect(cloud.call('Query', { ...input, Select: 'COUNT' })).toEqual({
      Count: 3,
      ScannedCount: 4,
      LastEvaluatedKey: { pk: { S: 'p' }, sk: { S: 'b' } },
    });
    expect(cloud.call('Query', input).Items).toHaveLength(3);
  });

  it.each([1, 2, 3, 7, 8, 9])('gives every item once in pages of %i, both ways', (limit) => {
    const input = on('pk = :p', { ':p': { S: 'p' } });
    const forward = pages(cloud, 'Query', input, limit);
    const back = pages(cloud, 'Query', { ...input, ScanIndexForward: false }, limit);
    expect(forward.flatMap(sorts)).toEqual(found('', {}));
    expect(back.flatMap(sorts)).toEqual([...found('', {})].reverse());
  });

  it('goes on after a key that is not there any more', () => {
    const start = { ExclusiveStartKey: { pk: { S: 'p' }, sk: { S: 'aa' } } };
    expect(found('', {}, { ...start, Limit: 1 })).toEqual(['ab']);
    expect(found('', {}, { ...start, ScanIndexForward: false })).toEqual(['a']);
  });

  it('ends a page at 1 MB', () => {
    for (let index = 0; index < 5; index += 1)
      put(cloud, { pk: { S: 'big' }, sk: { S: String(index) }, x: { S: 'x'.repeat(300_000) } });
    const answer = cloud.call('Query', on('pk = :p', { ':p': { S: 'big' } }));
    // 300 KB each: the fourth brings the page beyond 1,048,576 bytes
    expect(answer.Count).toBe(4);
    expect(answer.LastEvaluatedKey).toEqual({ pk: { S: 'big' }, sk: { S: '3' } });
  });

  const p = { ':p': { S: 'p' } };
  it.each([
    [on('sk = :p', p), 'Query condition missed key schema element: pk'],
    [on('pk = :p AND v = :v', { ...p, ':v': { S: 'a' } }), 'Query condition missed key schema element: sk'],
    [on('pk > :p', p), 'Query key condition not supported'],
    [on('pk = :p OR sk = :p', p), 'Invalid operator used in KeyConditionExpression: OR'],
    [on('pk = :p AND NOT sk = :p', p), 'Invalid operator used in KeyConditionExpression: NOT'],
    [on('pk = :p AND sk <> :p', p), 'Invalid operator used in KeyConditionExpression: <>'],
    [on('pk = :p AND contains(sk, :p)', p), 'Invalid operator used in KeyConditionExpression: contains'],
    [on('pk = :p AND sk.x = :p', p), 'KeyConditionExpressions cannot have conditions on nested attributes'],
    [on('pk = :p AND size(sk) = :p', p), 'KeyConditionExpressions cannot contain nested operations'],
    [
      on('pk = :n', { ':n': { N: '1' } }),
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    ],
    [
      on('pk = :p', p, { FilterExpression: 'attribute_exists(sk)' }),
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    ],
    [{ TableName: 'things' }, 'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.'],
    [{ TableName: 'things', KeyConditions: {} }, "The parameter 'KeyConditions' is not supported by the local cloud"],
    [
      on('pk = :p', p, { Limit: 0 }),
      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [on('pk = :p', p, { IndexName: 'nowhere' }), 'The table does not have the specified index: nowhere'],
    [on('pk = :p', p, { ExclusiveStartKey: { pk: { S: 'p' } } }), 'The provided starting key is invalid'],
    [
      on('pk = :p', p, { ExclusiveStartKey: { pk: { S: 'q' }, sk: { S: 'a' } } }),
      'The provided starting key is outside query boundaries based on provided conditions',
    ],
    [
      on('pk = :p AND sk < :v', { ...p, ':v': { S: 'b' } }, { ExclusiveStartKey: { pk: { S: 'p' }, sk: { S: 'b' } } }),
      'The provided starting key does not match the range key predicate',
    ],
    [
      on('pk = :p', p, { Select: 'SPECIFIC_ATTRIBUTES' }),
      '1 validation error detected: Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    ],
    [
      on('pk = :p', p, { Select: 'COUNT', ProjectionExpression: 'v' }),
      '1 validation error detected: Cannot specify the ProjectionExpression when choosing to get only the Count',
    ],
    [
      on('pk = :p', p, { Select: 'ALL_PROJECTED_ATTRIBUTES' }),
      '1 validation error detected: ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    ],
  ])('is refused (%#)', (input, problem) => {
    const refusal = cloud.refusal('Query', input);
    expect([refusal.code, refusal.message]).toEqual(['ValidationException', problem]);
  });
});

describe('sort keys', () => {
  it('that are numbers sort by value', () => {
    const cloud = newCloud();
    createTable(cloud, { sort: 'sk', types: { sk: 'N' } });
    for (const n of ['10', '9', '-1', '0.5', '-20', '100']) put(cloud, { pk: { S: 'p' }, sk: { N: n } });
    const answer = cloud.call('Query', on('pk = :p AND sk < :n', { ':p': { S: 'p' }, ':n': { N: '99.9' } }));
    expect(answer.Items.map((item: Answer) => item.sk.N)).toEqual(['-20', '-1', '0.5', '9', '10']);
  });

  it('that are binary sort as unsigned bytes, and begin with bytes', () => {
    const cloud = newCloud();
    createTable(cloud, { sort: 'sk', types: { sk: 'B' } });
    const binary = (...bytes: number[]) => ({ B: Buffer.from(bytes).toString('base64') });
    for (const bytes of [[255, 255], [128], [127, 1], [255], [127]]) put(cloud, { pk: { S: 'p' }, sk: binary(...bytes) });
    const answer = cloud.call('Query', on('pk = :p', { ':p': { S: 'p' } }));
    expect(answer.Items.map((item: Answer) => item.sk)).toEqual([
      binary(127),
      binary(127, 1),
      binary(128),
      binary(255),
      binary(255, 255),
    ]);
    const prefixed = cloud.call('Query', on('pk = :p AND begins_with(sk, :b)', { ':p': { S: 'p' }, ':b': binary(255) }));
    expect(prefixed.Items.map((item: Answer) => item.sk)).toEqual([binary(255), binary(255, 255)]);
  });
});

describe('indexes', () => {
  let cloud: Cloud;
  beforeEach(() => {
    cloud = newCloud();
    createTable(cloud, {
      sort: 'sk',
      types: { state: 'S', at: 'N' },
      extra: {
        GlobalSecondaryIndexes: [
          { IndexName: 'by-state', KeySchema: schemaOf('state', 'at'), Projection: { ProjectionType: 'ALL' } },
          { IndexName: 'states', KeySchema: schemaOf('state'), Projection: { ProjectionType: 'KEYS_ONLY' } },
          { IndexName: 'some', KeySchema: schemaOf('state'), Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x'] } },
        ],
        LocalSecondaryIndexes: [
          { IndexName: 'by-time', KeySchema: schemaOf('pk', 'at'), Projection: { ProjectionType: 'KEYS_ONLY' } },
        ],
      },
    });
  });

  const item = (sk: string, more: object = {}) => ({
    pk: { S: 'p' },
    sk: { S: sk },
    state: { S: 'due' },
    at: { N: '1' },
    x: { S: 'x' },
    y: { S: 'y' },
    ...more,
  });
  const due = (IndexName: string, more: object = {}) =>
    on('#s = :s', { ':s': { S: 'due' } }, { IndexName, ExpressionAttributeNames: { '#s': 'state' }, ...more });
  const sortsIn = (input: object) => cloud.call('Query', input).Items.map((one: Answer) => one.sk.S);

  it('hold only items that have their keys', () => {
    put(cloud, item('whole'));
    const { at, ...timeless } = item('timeless');
    expect(at).toBeDefined();
    put(cloud, timeless);
    expect(sortsIn(due('by-state'))).toEqual(['whole']);
    expect(sortsIn(due('states')).sort()).toEqual(['timeless', 'whole']);
  });

  it('follow every write', () => {
    put(cloud, item('a'));
    const update = (expression: string, values: object) =>
      cloud.call('UpdateItem', {
        TableName: 'things',
        Key: { pk: { S: 'p' }, sk: { S: 'a' } },
        UpdateExpression: expression,
        ExpressionAttributeNames: { '#s': 'state' },
        ...values,
      });
    update('SET #s = :s', { ExpressionAttributeValues: { ':s': { S: 'done' } } });
    expect(sortsIn(due('by-state'))).toEqual([]);
    update('SET #s = :s', { ExpressionAttributeValues: { ':s': { S: 'due' } } });
    expect(sortsIn(due('by-state'))).toEqual(['a']);
    update('REMOVE #s', {});
    expect(sortsIn(due('by-state'))).toEqual([]);
    put(cloud, item('a'));
    cloud.call('DeleteItem', { TableName: 'things', Key: { pk: { S: 'p' }, sk: { S: 'a' } } });
    expect(sortsIn(due('by-state'))).toEqual([]);
  });

  it('project what they are told to', () => {
    put(cloud, item('a'));
    const keys = { pk: { S: 'p' }, sk: { S: 'a' }, state: { S: 'due' } };
    expect(cloud.call('Query', due('by-state')).Items).toEqual([item('a')]);
    expect(cloud.call('Query', due('states')).Items).toEqual([keys]);
    expect(cloud.call('Query', due('some')).Items).toEqual([{ ...keys, x: { S: 'x' } }]);
    expect(cloud.call('Query', due('some', { ProjectionExpression: 'x' })).Items).toEqual([{ x: { S: 'x' } }]);
  });

  it('of the local kind fetch from the table what they do not project', () => {
    put(cloud, item('a'));
    const local = on('pk = :p', { ':p': { S: 'p' } }, { IndexName: 'by-time', ConsistentRead: true });
    expect(cloud.call('Query', local).Items).toEqual([{ pk: { S: 'p' }, sk: { S: 'a' }, at: { N: '1' } }]);
    expect(cloud.call('Query', { ...local, Select: 'ALL_ATTRIBUTES' }).Items).toEqual([item('a')]);
    expect(cloud.call('Query', { ...local, ProjectionExpression: 'y' }).Items).toEqual([{ y: { S: 'y' } }]);
  });

  it.each([
    [due('by-state', { ConsistentRead: true }), 'Consistent reads are not supported on global secondary indexes'],
    [
      due('states', { Select: 'ALL_ATTRIBUTES' }),
      'One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index states because its projection type is not ALL',
    ],
    [
      due('states', { ProjectionExpression: 'y' }),
      'One or more parameter values were invalid: Global secondary index states does not project [y]',
    ],
  ])('of the global kind refuse what they cannot do (%#)', (input, problem) => {
    expect(cloud.refusal('Query', input).message).toBe(problem);
  });

  it.each([1, 2, 3, 5])('give items of equal sort keys once each, in pages of %i, both ways', (limit) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const name of names) put(cloud, item(name, { pk: { S: `p-${name}` } }));
    for (const index of ['by-state', 'states']) {
      const forward = itemsOf(pages(cloud, 'Query', due(index), limit)).map((one) => one.sk.S);
      const back = itemsOf(pages(cloud, 'Query', due(index, { ScanIndexForward: false }), limit)).map((one) => one.sk.S);
      expect([...forward].sort()).toEqual(names);
      expect(back).toEqual([...forward].reverse());
    }
  });

  it('name the place to go on by their own keys and the table’s', () => {
    put(cloud, item('a'));
    expect(cloud.call('Query', due('by-state', { Limit: 1 })).LastEvaluatedKey).toEqual({
      pk: { S: 'p' },
      sk: { S: 'a' },
      state: { S: 'due' },
      at: { N: '1' },
    });
  });

  it.each([
    [
      { state: { N: '1' } },
      'One or more parameter values were invalid: Type mismatch for Index Key state Expected: S Actual: N IndexName: by-state',
    ],
    [
      { state: { S: '' } },
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
        'The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-state, IndexKey: state',
    ],
  ])('refuse items with wrong keys (%#)', (wrong, problem) => {
    expect(cloud.refusal('PutItem', { TableName: 'things', Item: item('a', wrong) }).message).toBe(problem);
  });

  it('cost a write where they change', () => {
    const units = (input: object) => {
      const { CapacityUnits, GlobalSecondaryIndexes = {} } = cloud.call('PutItem', {
        TableName: 'things',
        ReturnConsumedCapacity: 'INDEXES',
        Item: input,
      }).ConsumedCapacity;
      return [
        CapacityUnits,
        Object.fromEntries(Object.entries(GlobalSecondaryIndexes).map(([name, used]) => [name, (used as Answer).CapacityUnits])),
      ];
    };
    // one for the table and each of its four indexes; then nothing for those that do not hold y; then two for each that moves
    expect(units(item('a'))).toEqual([5, { 'by-state': 1, states: 1, some: 1 }]);
    expect(units(item('a', { y: { S: 'other' } }))).toEqual([2, { 'by-state': 1 }]);
    expect(units(item('a', { y: { S: 'other' }, state: { S: 'done' } }))).toEqual([7, { 'by-state': 2, states: 2, some: 2 }]);
  });

  it('of a table that has items are filled when they are added', () => {
    put(cloud, item('a'));
    cloud.call('UpdateTable', {
      TableName: 'things',
      AttributeDefinitions: [{ AttributeName: 'x', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [
        { Create: { IndexName: 'by-x', KeySchema: schemaOf('x'), Projection: { ProjectionType: 'ALL' } } },
      ],
    });
    expect(sortsIn(on('x = :x', { ':x': { S: 'x' } }, { IndexName: 'by-x' }))).toEqual(['a']);
  });
});

describe('a scan', () => {
  const names = Array.from({ length: 40 }, (_, index) => `k${index}`);
  const full = () => {
    const cloud = newCloud();
    createTable(cloud);
    for (const name of names) put(cloud, { pk: { S: name } });
    return cloud;
  };
  const namesOf = (answers: readonly Answer[]) => itemsOf(answers).map((item) => item.pk.S);

  it.each([1, 7, 39, 40, 41])('gives every item once in pages of %i', (limit) => {
    const found = namesOf(pages(full(), 'Scan', { TableName: 'things' }, limit));
    expect([...found].sort()).toEqual([...names].sort());
  });

  it('is divided into segments that share no item', () => {
    const cloud = full();
    const segments = [0, 1, 2].map((Segment) =>
      namesOf(pages(cloud, 'Scan', { TableName: 'things', Segment, TotalSegments: 3 }, 4)),
    );
    expect(segments.flat().sort()).toEqual([...names].sort());
    expect(segments.every((segment) => segment.length > 0)).toBe(true);
  });

  it.each([
    [
      { Segment: 0 },
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    ],
    [
      { Segment: 5, TotalSegments: 5 },
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less than TotalSegments: 5',
    ],
    [
      { Limit: 0 },
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      { ExclusiveStartKey: { other: { S: 'a' } } },
      'The provided starting key is invalid: The provided key element does not match the schema',
    ],
    [{ ScanFilter: {} }, "The parameter 'ScanFilter' is not supported by the local cloud"],
  ])('is refused (%#)', (parameters, problem) => {
    expect(full().refusal('Scan', { TableName: 'things', ...parameters }).message).toBe(problem);
  });
});
