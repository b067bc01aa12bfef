import { describe, expect, it } from 'vitest';
import { RESERVED_WORDS } from '../../../local/dynamodb/expressions/reserved-words.ts';
import { createTable, newCloud, put } from './cloud.ts';

const ITEM = {
  pk: { S: 'a' },
  title: { S: 'switchyard' },
  n: { N: '10' },
  flag: { BOOL: true },
  nil: { NULL: true },
  bytes: { B: Buffer.from([1, 2, 255]).toString('base64') },
  tags: { SS: ['red', 'green'] },
  numbers: { NS: ['1', '2.5'] },
  l: { L: [{ S: 'zero' }, { N: '1' }, { M: { deep: { S: 'yes' } } }] },
  m: { M: { nest: { M: { leaf: { N: '7' } } } } },
};

const VALUES = {
  ':s': { S: 'switchyard' },
  ':switch': { S: 'switch' },
  ':yard': { S: 'yard' },
  ':ten': { N: '10.0' },
  ':nine': { N: '9' },
  ':eleven': { N: '11' },
  ':t': { BOOL: true },
  ':f': { BOOL: false },
  ':null': { NULL: true },
  ':red': { S: 'red' },
  ':one': { N: '1' },
  ':set': { SS: ['green', 'red'] },
  ':two': { N: '2' },
  ':three': { N: '3' },
  ':typeS': { S: 'S' },
  ':typeL': { S: 'L' },
  ':low': { B: Buffer.from([1, 2]).toString('base64') },
  ':zero': { S: 'zero' },
  ':seven': { N: '7' },
};

const used = (expression: string) =>
  Object.fromEntries(Object.entries(VALUES).filter(([alias]) => new RegExp(`${alias}\\b`).test(expression)));

const scanInput = (expression: string, names?: object) => {
  const values = used(expression);
  return {
    TableName: 'things',
    FilterExpression: expression,
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
    ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
  };
};

const cloud = newCloud();
createTable(cloud);
put(cloud, ITEM);

const matches = (expression: string): boolean => cloud.call('Scan', scanInput(expression)).Count === 1;
const message = (expression: string, names?: object): string => cloud.refusal('Scan', scanInput(expression, names)).message;

// Semantics: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
describe('conditions', () => {
  it.each([
    'title = :s',
    ':s = title',
    'n = :ten',
    'n > :nine AND n < :eleven',
    'n >= :ten AND n <= :ten',
    'n <> :nine',
    'nowhere <> :nine',
    'title <> :nine',
    'flag = :t',
    'nil = :null',
    'tags = :set',
    'n BETWEEN :nine AND :eleven',
    'n BETWEEN :ten AND :ten AND flag = :t',
    'n IN (:nine, :ten)',
    'attribute_exists(m.nest.leaf)',
    'attribute_not_exists(m.nest.absent)',
    'attribute_not_exists(l[3])',
    'attribute_type(title, :typeS)',
    'attribute_type(l, :typeL)',
    'begins_with(title, :switch)',
    'begins_with(bytes, :low)',
    'contains(title, :yard)',
    'contains(tags, :red)',
    'contains(numbers, :one)',
    'contains(l, :zero)',
    'contains(bytes, :low)',
    'size(title) = :ten',
    'size(bytes) = :three',
    'size(tags) = :two',
    'size(l) = :three',
    'size(m) = :one',
    'm.nest.leaf = :seven',
    'l[0] = :zero',
    'NOT n = :nine',
    'not flag = :f and (n = :nine or n = :ten)',
    '(title = :s)',
    '(title) = (:s)',
    'NOT (n = :nine OR n = :eleven)',
  ])('meets %s', (expression) => {
    expect(matches(expression)).toBe(true);
  });

  it.each([
    'title = :ten',
    'nowhere = :s',
    'nowhere < :ten',
    'title < :ten',
    'n < :ten',
    'flag = :f',
    'n BETWEEN :one AND :nine',
    'n IN (:nine, :one)',
    'attribute_exists(l[3])',
    'attribute_exists(toString)',
    'attribute_not_exists(n)',
    'attribute_type(title, :typeL)',
    'begins_with(title, :yard)',
    'begins_with(n, :yard)',
    'contains(title, :one)',
    'contains(l, :red)',
    'size(n) = :one',
    'l[0].deep = :s',
    'NOT n = :ten',
  ])('does not meet %s', (expression) => {
    expect(matches(expression)).toBe(false);
  });

  it('bind NOT before AND before OR', () => {
    // false AND true OR true = (false AND true) OR true; NOT false AND false = (NOT false) AND false
    expect(matches('n = :nine AND flag = :t OR title = :s')).toBe(true);
    expect(matches('n = :nine AND (flag = :t OR title = :s)')).toBe(false);
    expect(matches('title = :s OR flag = :t AND n = :nine')).toBe(true);
    expect(matches('NOT n = :nine AND flag = :f')).toBe(false);
    expect(matches('NOT (n = :nine AND flag = :f)')).toBe(true);
  });
});

// Messages as in https://github.com/architect/dynalite and https://github.com/nubo-db/dynamodb-conformance, whose suites run against AWS.
describe('refusals of conditions', () => {
  it.each([
    ['', 'The expression can not be empty;'],
    ['title', 'Syntax error; token: "<EOF>", near: "title"'],
    ['title =', 'Syntax error; token: "<EOF>", near: "="'],
    ['= :s', 'Syntax error; token: "=", near: "= :s"'],
    ['!!!', 'Syntax error; token: "!", near: "!!"'],
    ['title = :s AND', 'Syntax error; token: "<EOF>", near: "AND"'],
    ['(title = :s', 'Syntax error; token: "<EOF>", near: ":s"'],
    ['title = :s)', 'Syntax error; token: ")", near: ":s)"'],
    ['attribute_exists()', 'Syntax error; token: ")", near: "()"'],
    ['l[a] = :s', 'Syntax error; token: "a", near: "[a]"'],
    ['status = :s', 'Attribute name is a reserved keyword; reserved keyword: status'],
    ['m.Status = :s', 'Attribute name is a reserved keyword; reserved keyword: Status'],
    ['#nope = :s', 'An expression attribute name used in the document path is not defined; attribute name: #nope'],
    ['title = :nope', 'An expression attribute value used in expression is not defined; attribute value: :nope'],
    ['((title = :s))', 'The expression has redundant parentheses;'],
    ['attribute_exist(title)', 'Invalid function name; function: attribute_exist'],
    ['size(title)', 'The function is not allowed to be used this way in an expression; function: size'],
    [
      'attribute_exists(title) = :t',
      'The function is not allowed to be used this way in an expression; function: attribute_exists',
    ],
    [
      'attribute_exists(title, n)',
      'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
    ],
    ['attribute_exists(:s)', 'Operator or function requires a document path; operator or function: attribute_exists'],
    [
      'begins_with(title, :ten)',
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    ['n < :t', 'Incorrect operand type for operator or function; operator: <, operand type: BOOL'],
    [
      'attribute_type(title, :s)',
      'Invalid attribute type name found; type: switchyard, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    ],
    [
      'n = n',
      'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [n]',
    ],
    [
      'n BETWEEN :eleven AND :nine',
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ' +
        'lower bound operand: AttributeValue: {N:11}, upper bound operand: AttributeValue: {N:9}',
    ],
    [
      'n BETWEEN :nine AND :s',
      'The BETWEEN operator requires same data type for lower and upper bounds; ' +
        'lower bound operand: AttributeValue: {N:9}, upper bound operand: AttributeValue: {S:switchyard}',
    ],
  ])('of %s', (expression, problem) => {
    expect(message(expression)).toBe(`Invalid FilterExpression: ${problem}`);
  });

  it('of more than a hundred choices', () => {
    const aliases = Array.from({ length: 101 }, (_, index) => `:v${index}`);
    const input = {
      TableName: 'things',
      FilterExpression: `n IN (${aliases.join(',')})`,
      ExpressionAttributeValues: Object.fromEntries(aliases.map((alias, index) => [alias, { N: String(index) }])),
    };
    expect(cloud.refusal('Scan', input).message).toBe(
      'Invalid FilterExpression: The IN operator is provided with too many operands; number of operands: 101',
    );
  });
});

describe('placeholders', () => {
  it('stand for names that could not be written', () => {
    put(cloud, { pk: { S: 'odd' }, 'a.b': { S: 'dotted' }, status: { S: 'ok' } });
    const input = {
      TableName: 'things',
      FilterExpression: '#d = :d AND #s = :o',
      ExpressionAttributeNames: { '#d': 'a.b', '#s': 'status' },
      ExpressionAttributeValues: { ':d': { S: 'dotted' }, ':o': { S: 'ok' } },
    };
    expect(cloud.call('Scan', input).Count).toBe(1);
    cloud.call('DeleteItem', { TableName: 'things', Key: { pk: { S: 'odd' } } });
  });

  it.each([
    [
      { ExpressionAttributeNames: { '#x': 'n', '#y': 'n', '#z': 'n' }, FilterExpression: 'attribute_exists(#x)' },
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#y, #z}',
    ],
    [
      { ExpressionAttributeValues: { ':a': { S: '' } }, FilterExpression: 'attribute_exists(n)' },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}',
    ],
    [{ ExpressionAttributeNames: { '#x': 'n' } }, 'ExpressionAttributeNames can only be specified when using expressions'],
    [
      { ExpressionAttributeValues: { ':x': { S: '' } }, ProjectionExpression: 'n' },
      'ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null',
    ],
    [{ ExpressionAttributeNames: {}, FilterExpression: 'n = n' }, 'ExpressionAttributeNames must not be empty'],
    [
      { ExpressionAttributeNames: { x: 'n' }, FilterExpression: 'attribute_exists(#x)' },
      'ExpressionAttributeNames contains invalid key: Syntax error; key: "x"',
    ],
    [
      { ExpressionAttributeValues: { x: { S: '' } }, FilterExpression: 'n = :x' },
      'ExpressionAttributeValues contains invalid key: Syntax error; key: "x"',
    ],
    [
      { ExpressionAttributeValues: { ':x': { N: 'x' } }, FilterExpression: 'n = :x' },
      'ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :x',
    ],
  ])('are refused: %j', (input, problem) => {
    expect(cloud.refusal('Scan', { TableName: 'things', ...input }).message).toBe(problem);
  });
});

describe('reserved words', () => {
  it('are the 573 of the Developer Guide', () => {
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html: the first, the last, and its two misspelt ones
    expect(RESERVED_WORDS.size).toBe(573);
    for (const word of ['ABORT', 'ZONE', 'FLATTERN', 'INNTER', 'STATUS', 'TTL', 'DATA']) expect(RESERVED_WORDS).toContain(word);
    expect(RESERVED_WORDS).not.toContain('STATE_MACHINE');
  });
});

describe('projections', () => {
  const projected = (expression: string, names?: object) =>
    cloud.call('GetItem', {
      TableName: 'things',
      Key: { pk: { S: 'a' } },
      ProjectionExpression: expression,
      ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
    }).Item;

  it('keep the shape around what they choose', () => {
    expect(projected('title, m.nest.leaf')).toEqual({ title: ITEM.title, m: ITEM.m });
    expect(projected('#m.#i', { '#m': 'm', '#i': 'nest' })).toEqual({ m: ITEM.m });
  });

  it('close up lists in their own order', () => {
    expect(projected('l[2].deep, l[0]')).toEqual({ l: { L: [{ S: 'zero' }, { M: { deep: { S: 'yes' } } }] } });
  });

  it('leave out what is not there', () => {
    expect(projected('nowhere, m.absent, l[9], title.x')).toEqual({});
  });

  it.each([
    [
      'title, title',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [title], path two: [title]',
    ],
    [
      'm, m.nest',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, nest]',
    ],
    [
      'l[0], l.a',
      'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [l, [0]], path two: [l, a]',
    ],
    ['title,', 'Syntax error; token: "<EOF>", near: ","'],
    ['date', 'Attribute name is a reserved keyword; reserved keyword: date'],
  ])('refuse %s', (expression, problem) => {
    const input = { TableName: 'things', Key: { pk: { S: 'a' } }, ProjectionExpression: expression };
    expect(cloud.refusal('GetItem', input).message).toBe(`Invalid ProjectionExpression: ${problem}`);
  });
});
