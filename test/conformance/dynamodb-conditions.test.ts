import { DeleteItemCommand, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
import { leftOut, openEndpoint } from './endpoint.ts';
import { openTables } from './tables.ts';

const { db, newTable, close } = openTables(await openEndpoint());
const left = leftOut('dynamodb');
const TableName = left ? '' : await newTable();

afterAll(close);

const VALUES = {
  ':one': { N: '1' },
  ':two': { N: '2' },
  ':five': { N: '5' },
  ':ten': { N: '10' },
  ':text': { S: 'hello' },
  ':start': { S: 'hel' },
  ':other': { S: 'other' },
  ':a': { S: 'a' },
  ':bytes': { B: new Uint8Array([1, 2]) },
  ':set': { SS: ['a', 'b'] },
  ':list': { L: [{ N: '1' }, { S: 'x' }] },
  ':map': { M: { in: { S: 'deep' } } },
  ':true': { BOOL: true },
  ':null': { NULL: true },
  ':S': { S: 'S' },
  ':N': { S: 'N' },
  ':L': { S: 'L' },
};

const ITEM = {
  pk: { S: 'item' },
  number: { N: '5' },
  words: { S: 'hello' },
  bin: { B: new Uint8Array([1, 2, 3]) },
  tags: { SS: ['a', 'b'] },
  counts: { NS: ['1', '5'] },
  things: { L: [{ N: '1' }, { S: 'x' }] },
  deep: { M: { in: { S: 'deep' }, list: { L: [{ M: { n: { N: '5' } } }] } } },
  yes: { BOOL: true },
  nothing: { NULL: true },
  empty: { S: '' },
};

/** What an expression's placeholders stand for: `#in` for the name `in`, `:one` for its value above. */
const placeholders = (expression: string) => {
  const names = [...expression.matchAll(/#(\w+)/g)].map(([whole, name = '']): [string, string] => [whole, name]);
  const values = Object.entries(VALUES).filter(([name]) => new RegExp(`${name}\\b`).test(expression));
  return {
    ...(names.length === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries(names) }),
    ...(values.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(values) }),
  };
};

/** Whether a condition lets a write of the item happen. */
const holds = async (ConditionExpression: string): Promise<boolean> => {
  try {
    await db.send(new PutItemCommand({ TableName, Item: ITEM, ConditionExpression, ...placeholders(ConditionExpression) }));
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConditionalCheckFailedException', message: 'The conditional request failed' });
    return false;
  }
};

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
describe.skipIf(left)('a condition (skipped where CONFORMANCE_SKIP names dynamodb)', () => {
  it.each([
    ['attribute_exists(words)', 'attribute_exists(nobody)'],
    ['attribute_not_exists(nobody)', 'attribute_not_exists(words)'],
    ['attribute_exists(deep.#in)', 'attribute_exists(deep.nobody)'],
    ['attribute_exists(things[1])', 'attribute_exists(things[2])'],
    ['attribute_exists(nothing)', 'attribute_not_exists(nothing)'],
    ['attribute_type(words, :S)', 'attribute_type(words, :N)'],
    ['attribute_type(things, :L)', 'attribute_type(tags, :L)'],
    ['begins_with(words, :start)', 'begins_with(words, :other)'],
    ['begins_with(bin, :bytes)', 'begins_with(nobody, :start)'],
    ['contains(words, :start)', 'contains(words, :other)'],
    ['contains(tags, :a)', 'contains(tags, :other)'],
    ['contains(counts, :five)', 'contains(counts, :two)'],
    ['contains(things, :one)', 'contains(things, :two)'],
    ['size(words) = :five', 'size(words) > :five'],
    ['size(tags) = :two', 'size(things) <> :two'],
    ['size(bin) > :two', 'size(bin) < :two'],
    ['size(#empty) < :one', 'size(nobody) < :one'],
    ['#number = :five', '#number = :two'],
    ['#number <> :two', '#number <> :five'],
    ['nobody <> :two', 'nobody = :two'],
    ['#number < :ten', '#number < :five'],
    ['#number <= :five', '#number <= :two'],
    ['#number > :two', '#number > :five'],
    ['#number >= :five', '#number >= :ten'],
    ['words > :a', 'words < :a'],
    ['words <> :five', 'words = :five'],
    ['tags = :set', 'tags <> :set'],
    ['things = :list', 'things = :set'],
    ['deep <> :map', 'deep = :map'],
    ['yes = :true', 'yes <> :true'],
    ['nothing = :null', 'nothing <> :null'],
    ['#number BETWEEN :two AND :ten', '#number BETWEEN :one AND :two'],
    ['#number BETWEEN :five AND :five', '#number BETWEEN :ten AND :ten'],
    ['#number IN (:one, :five)', '#number IN (:one, :two)'],
    ['deep.#list[0].n = :five', 'deep.#list[1].n = :five'],
    ['#number = :five AND words = :text', '#number = :five AND words = :other'],
    ['#number = :two OR words = :text', '#number = :two OR words = :other'],
    ['NOT #number = :two', 'NOT #number = :five'],
    ['NOT (#number = :two OR words = :other)', 'NOT (#number = :two OR words = :text)'],
    // NOT binds before AND, AND before OR.
    ['#number = :five OR words = :other AND words = :a', '(#number = :five OR words = :other) AND words = :a'],
    ['NOT words = :other AND #number = :five', 'NOT words = :other AND #number = :two'],
  ])('%s holds, %s does not', async (good, bad) => {
    await db.send(new PutItemCommand({ TableName, Item: ITEM }));
    expect([await holds(good), await holds(bad)]).toEqual([true, false]);
  });

  it.each([
    ['an operator that there is not', 'words == :text'],
    ['a function that there is not', 'starts_with(words, :text)'],
    ['a value that is not given', 'words = :nobody'],
    ['a reserved word as a name', 'size = :text'],
    ['an operand too few', 'begins_with(words)'],
    ['what stands open', '(words = :text'],
    ['bounds in the wrong order', 'words BETWEEN :text AND :start'],
    ['nothing', ''],
  ])('with %s is refused', async (_, ConditionExpression) => {
    const { ':text': text, ':start': start } = VALUES;
    const values = { ':text': text, ...(ConditionExpression.includes(':start') ? { ':start': start } : {}) };
    await expect(
      db.send(new PutItemCommand({ TableName, Item: ITEM, ConditionExpression, ExpressionAttributeValues: values })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('that leaves a name or a value unused is refused', async () => {
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeValues.html
    const input = { TableName, Item: ITEM, ConditionExpression: 'attribute_exists(words)' };
    await expect(
      db.send(new PutItemCommand({ ...input, ExpressionAttributeValues: { ':text': { S: 'x' } } })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Value provided in ExpressionAttributeValues unused in expressions: keys: {:text}',
    });
    await expect(db.send(new PutItemCommand({ ...input, ExpressionAttributeNames: { '#x': 'x' } }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}',
    });
  });

  it('takes up to 100 operands of IN', async () => {
    // "up to 100 values, separated by commas"
    const values = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`:v${index}`, { N: String(index) }]));
    const isIn = (count: number) =>
      db.send(
        new PutItemCommand({
          TableName,
          Item: ITEM,
          ConditionExpression: `#n IN (${Object.keys(values(count)).join(', ')})`,
          ExpressionAttributeNames: { '#n': 'number' },
          ExpressionAttributeValues: values(count),
        }),
      );
    await isIn(100);
    await expect(isIn(101)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html, API_UpdateItem.html, API_DeleteItem.html:
// ReturnValuesOnConditionCheckFailure
describe.skipIf(left)('a refused write (skipped where CONFORMANCE_SKIP names dynamodb)', () => {
  const Key = marshall({ pk: 'refused' });
  const Item = marshall({ pk: 'refused', n: 1 });
  const guard = { ConditionExpression: 'n = :n', ExpressionAttributeValues: { ':n': { N: '2' } } };
  const writes: readonly [string, (more: object) => Promise<unknown>][] = [
    ['PutItem', (more) => db.send(new PutItemCommand({ TableName, Item: marshall({ pk: 'refused', n: 9 }), ...guard, ...more }))],
    [
      'UpdateItem',
      (more) => db.send(new UpdateItemCommand({ TableName, Key, UpdateExpression: 'SET m = :n', ...guard, ...more })),
    ],
    ['DeleteItem', (more) => db.send(new DeleteItemCommand({ TableName, Key, ...guard, ...more }))],
  ];

  it.each(writes)('of %s changes nothing, and shows the item only if asked', async (_, write) => {
    await db.send(new PutItemCommand({ TableName, Item }));
    await expect(write({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item,
    });
    const silent = await write({}).catch((error: unknown) => error);
    expect(silent).toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(silent).not.toHaveProperty('Item', Item);
    expect((await db.send(new GetItemCommand({ TableName, Key }))).Item).toEqual(Item);
  });

  it('of an item that is not there has no item to show', async () => {
    const asked = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
    const nobody = marshall({ pk: 'nobody' });
    const refused = db.send(
      new DeleteItemCommand({ TableName, Key: nobody, ConditionExpression: 'attribute_exists(pk)', ...asked }),
    );
    const error: unknown = await refused.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect((error as { Item?: unknown }).Item).toBeUndefined();
  });
});
