import { beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, createTable, get, newCloud, put } from './cloud.ts';

const KEY = { pk: { S: 'a' } };
const ITEM = {
  ...KEY,
  n: { N: '10' },
  l: { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }] },
  m: { M: { x: { N: '1' }, y: { S: 'why' } } },
  tags: { SS: ['red', 'green'] },
};

let cloud: Cloud;
beforeEach(() => {
  cloud = newCloud();
  createTable(cloud);
  put(cloud, ITEM);
});

const input = (expression: string, values?: object, names?: object) => ({
  TableName: 'things',
  Key: KEY,
  UpdateExpression: expression,
  ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
  ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
});

const updatedBy = (expression: string, values?: object, names?: object) => {
  cloud.call('UpdateItem', input(expression, values, names));
  return get(cloud, KEY);
};

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
describe('an update', () => {
  it('sets attributes from values, paths and sums', () => {
    const item = updatedBy('SET b = :b, twin = m.x, n = n + :one, m.z = n - :one', { ':b': { BOOL: false }, ':one': { N: '1' } });
    expect(item).toEqual({
      ...ITEM,
      b: { BOOL: false },
      twin: { N: '1' },
      n: { N: '11' },
      m: { M: { x: { N: '1' }, y: { S: 'why' }, z: { N: '9' } } },
    });
  });

  it('reads every operand as it was before', () => {
    expect(updatedBy('SET n = m.x, m.x = n')).toMatchObject({ n: { N: '1' }, m: { M: { x: { N: '10' } } } });
  });

  it('counts up from nothing by if_not_exists', () => {
    const values = { ':zero': { N: '0' }, ':one': { N: '1' } };
    expect(updatedBy('SET visits = if_not_exists(visits, :zero) + :one', values).visits).toEqual({ N: '1' });
    expect(updatedBy('SET visits = if_not_exists(visits, :zero) + :one', values).visits).toEqual({ N: '2' });
  });

  it('appends to either end of a list', () => {
    const values = { ':new': { L: [{ S: 'n' }] }, ':none': { L: [] } };
    expect(
      updatedBy('SET l = list_append(l, :new), fresh = list_append(if_not_exists(fresh, :none), :new)', values),
    ).toMatchObject({
      l: { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }, { S: 'n' }] },
      fresh: { L: [{ S: 'n' }] },
    });
    expect(updatedBy('SET l = list_append(:new, l)', { ':new': { L: [{ S: 'first' }] } }).l.L[0]).toEqual({ S: 'first' });
  });

  it('means list indexes as they were, and appends what is set beyond the end', () => {
    const item = updatedBy('SET l[1] = :x, l[9] = :y, l[5] = :z REMOVE l[0], l[2]', {
      ':x': { S: 'x' },
      ':y': { S: 'y' },
      ':z': { S: 'z' },
    });
    expect(item.l).toEqual({ L: [{ S: 'x' }, { S: 'z' }, { S: 'y' }] });
  });

  it('removes attributes, also those that are not there', () => {
    expect(updatedBy('REMOVE n, m.y, nowhere, l[7]')).toEqual({
      ...KEY,
      l: ITEM.l,
      m: { M: { x: { N: '1' } } },
      tags: ITEM.tags,
    });
  });

  it('adds to numbers and sets, from nothing too', () => {
    const values = { ':n': { N: '-2.5' }, ':s': { SS: ['green', 'blue'] }, ':ns': { NS: ['1'] } };
    expect(updatedBy('ADD n :n, tags :s, fresh :ns, m.x :n', values)).toMatchObject({
      n: { N: '7.5' },
      tags: { SS: ['red', 'green', 'blue'] },
      fresh: { NS: ['1'] },
      m: { M: { x: { N: '-1.5' } } },
    });
  });

  it('deletes members of a set, and the set with its last one', () => {
    expect(updatedBy('DELETE tags :s', { ':s': { SS: ['red', 'other'] } }).tags).toEqual({ SS: ['green'] });
    expect(updatedBy('DELETE tags :s', { ':s': { SS: ['green'] } })).not.toHaveProperty('tags');
  });

  it('makes an item that was not there, of its key alone if need be', () => {
    cloud.call('UpdateItem', { TableName: 'things', Key: { pk: { S: 'new' } } });
    expect(get(cloud, { pk: { S: 'new' } })).toEqual({ pk: { S: 'new' } });
  });

  it('takes sections in any order and case', () => {
    expect(updatedBy('remove n set #s = :x', { ':x': { S: 'x' } }, { '#s': 'status' })).toMatchObject({ status: { S: 'x' } });
  });

  it.each([
    ['ALL_OLD', { ...ITEM }],
    ['UPDATED_OLD', { n: { N: '10' }, m: { M: { x: { N: '1' } } } }],
    ['UPDATED_NEW', { n: { N: '11' }, m: { M: { x: { N: '2' } } } }],
    ['ALL_NEW', { ...ITEM, n: { N: '11' }, m: { M: { x: { N: '2' }, y: { S: 'why' } } } }],
    ['NONE', undefined],
  ])('returns %s', (wanted, attributes) => {
    const answer = cloud.call('UpdateItem', {
      ...input('SET n = n + :one, m.x = m.x + :one', { ':one': { N: '1' } }),
      ReturnValues: wanted,
    });
    expect(answer.Attributes).toEqual(attributes);
  });
});

describe('an update is refused', () => {
  const invalid = (problem: string) => `Invalid UpdateExpression: ${problem}`;
  const one = { ':one': { N: '1' } };

  it.each([
    ['', undefined, invalid('The expression can not be empty;')],
    ['SET', undefined, invalid('Syntax error; token: "<EOF>", near: "SET"')],
    ['INVALID SYNTAX HERE', undefined, invalid('Syntax error; token: "INVALID", near: "INVALID SYNTAX"')],
    ['SET n = :one,', one, invalid('Syntax error; token: "<EOF>", near: ","')],
    ['SET n = n + :one + :one', one, invalid('Syntax error; token: "+", near: ":one + :one"')],
    ['SET status = :one', one, invalid('Attribute name is a reserved keyword; reserved keyword: status')],
    ['SET n = :one SET x = :one', one, invalid('The "SET" section can only be used once in an update expression;')],
    [
      'SET n = :nope',
      undefined,
      invalid('An expression attribute value used in expression is not defined; attribute value: :nope'),
    ],
    ['SET n = size(l)', undefined, invalid('Invalid function name; function: size')],
    [
      'SET m = :one, m.x = :one',
      one,
      invalid(
        'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, x]',
      ),
    ],
    [
      'SET l[0] = :one REMOVE l.a',
      one,
      invalid(
        'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [l, [0]], path two: [l, a]',
      ),
    ],
    [
      'SET n = n + :s',
      { ':s': { S: 'x' } },
      invalid('Incorrect operand type for operator or function; operator or function: +, operand type: S'),
    ],
    [
      'SET l = list_append(l, :one)',
      one,
      invalid('Incorrect operand type for operator or function; operator or function: list_append, operand type: N'),
    ],
    [
      'SET n = if_not_exists(:one, n)',
      one,
      invalid('Operator or function requires a document path; operator or function: if_not_exists'),
    ],
    [
      'SET pk = :one',
      one,
      'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
    ],
    ['SET x = nowhere', undefined, 'The provided expression refers to an attribute that does not exist in the item'],
    ['SET nowhere.x = :one', one, 'The document path provided in the update expression is invalid for update'],
    ['SET n.x = :one', one, 'The document path provided in the update expression is invalid for update'],
    ['REMOVE nowhere.x', undefined, 'The document path provided in the update expression is invalid for update'],
    ['SET n = l + :one', one, 'An operand in the update expression has an incorrect data type'],
    ['ADD tags :one', one, 'An operand in the update expression has an incorrect data type'],
    ['DELETE n :s', { ':s': { SS: ['x'] } }, 'An operand in the update expression has an incorrect data type'],
  ])('%s', (expression, values, problem) => {
    const refusal = cloud.refusal('UpdateItem', input(expression, values));
    expect(refusal.code).toBe('ValidationException');
    expect(refusal.message).toBe(problem);
    expect(get(cloud, KEY)).toEqual(ITEM);
  });

  it('ADD of what is neither number nor set', () => {
    expect(cloud.refusal('UpdateItem', input('ADD n :s', { ':s': { S: 'x' } })).message).toMatch(
      /^Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING/,
    );
  });

  it('when the item would grow beyond 400 KB', () => {
    const values = { ':big': { S: 'x'.repeat(400 * 1024) } };
    expect(cloud.refusal('UpdateItem', input('SET big = :big', values)).message).toBe(
      'Item size to update has exceeded the maximum allowed size',
    );
  });

  it('when it would nest deeper than 32 levels', () => {
    const nested = (depth: number): object => (depth === 0 ? { S: 'leaf' } : { M: { n: nested(depth - 1) } });
    expect(updatedBy('SET deep = :d', { ':d': nested(32) })).toHaveProperty('deep');
    expect(cloud.refusal('UpdateItem', input('SET m.deep = :d', { ':d': nested(32) })).message).toMatch(
      /^Nesting Levels have exceeded/,
    );
  });
});
