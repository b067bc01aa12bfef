import type { AttributeValue } from '../attribute-value.ts';
import { validationError } from '../errors.ts';
import { sortBytes } from '../values.ts';
import type { Comparator, Condition, Operand } from './condition.ts';
import type { ValueOperand } from './operands.ts';

/** What a KeyConditionExpression asks of one attribute. */
export interface KeyTest {
  readonly operator: Exclude<Comparator, '<>'> | 'BETWEEN' | 'begins_with';
  readonly values: readonly AttributeValue[];
}

const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

const invalidOperator = (name: string) => validationError(`Invalid operator used in KeyConditionExpression: ${name}`);
const invalidCondition = (problem: string) => validationError(`Invalid condition in KeyConditionExpression: ${problem}`);

const isPath = (operand: Operand | undefined): boolean => operand?.kind === 'path';

const attributeIn = (operands: readonly Operand[]): string => {
  if (operands.some((operand) => operand.kind === 'call')) {
    throw validationError('KeyConditionExpressions cannot contain nested operations');
  }
  const [path, second] = operands.flatMap((operand) => (operand.kind === 'path' ? [operand.path] : []));
  if (path === undefined) throw invalidCondition('No key attribute specified');
  if (second !== undefined) throw invalidCondition('Multiple attribute names used in one condition');
  if (path.length > 1) throw validationError('KeyConditionExpressions cannot have conditions on nested attributes');
  return String(path[0]);
};

const valuesIn = (operands: readonly Operand[]): readonly AttributeValue[] =>
  operands.flatMap((operand) => (operand.kind === 'value' ? ((operand as ValueOperand).value ?? []) : []));

const testOf = (operator: KeyTest['operator'], operands: readonly Operand[]): readonly [string, KeyTest] => [
  attributeIn(operands),
  { operator, values: valuesIn(operands) },
];

const mustLead = (operator: string, first: Operand | undefined): void => {
  if (isPath(first) || first?.kind === 'call') return;
  throw invalidCondition(`${operator} operator must have the key attribute as its first operand`);
};

const collect = (condition: Condition): readonly (readonly [string, KeyTest])[] => {
  switch (condition.kind) {
    case 'and':
      return [...collect(condition.left), ...collect(condition.right)];
    case 'or':
    case 'not':
    case 'in':
      throw invalidOperator(condition.kind.toUpperCase());
    case 'compare': {
      const { comparator, left, right } = condition;
      if (comparator === '<>') throw invalidOperator('<>');
      return [testOf(isPath(left) ? comparator : MIRRORED[comparator], [left, right])];
    }
    case 'between':
      mustLead('BETWEEN', condition.operand);
      return [testOf('BETWEEN', [condition.operand, condition.low, condition.high])];
    case 'call':
      if (condition.name !== 'begins_with') throw invalidOperator(condition.name);
      mustLead('begins_with', condition.operands[0]);
      return [testOf('begins_with', condition.operands)];
  }
};

/** Reads a condition as tests of key attributes, refusing what a key condition may not say. */
export const keyTestsOf = (condition: Condition): ReadonlyMap<string, KeyTest> => {
  const tests = collect(condition);
  const byAttribute = new Map(tests);
  if (byAttribute.size < tests.length) {
    throw validationError('KeyConditionExpressions must only contain one condition per key');
  }
  if (byAttribute.size > 2) throw validationError('Conditions can be of length 1 or 2 only');
  return byAttribute;
};

/** A range of sort keys, by their bytes. */
export interface SortRange {
  readonly low?: { readonly bytes: Buffer; readonly inclusive: boolean };
  readonly high?: { readonly bytes: Buffer; readonly inclusive: boolean };
}

/** The first bytes above all that begin with `prefix`; `undefined`: there are none above. */
const successor = (prefix: Buffer): Buffer | undefined => {
  const end = prefix.findLastIndex((byte) => byte < 255);
  if (end === -1) return undefined;
  const next = Buffer.from(prefix.subarray(0, end + 1));
  next[end] = (next[end] ?? 0) + 1;
  return next;
};

const prefixRange = (prefix: Buffer): SortRange => {
  const above = successor(prefix);
  const low = { bytes: prefix, inclusive: true };
  return above === undefined ? { low } : { low, high: { bytes: above, inclusive: false } };
};

export const sortRange = ({ operator, values }: KeyTest): SortRange => {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = values.map(sortBytes);
  const inclusive = { bytes: first, inclusive: true };
  switch (operator) {
    case '=':
      return { low: inclusive, high: inclusive };
    case '<':
      return { high: { bytes: first, inclusive: false } };
    case '<=':
      return { high: inclusive };
    case '>':
      return { low: { bytes: first, inclusive: false } };
    case '>=':
      return { low: inclusive };
    case 'BETWEEN':
      return { low: inclusive, high: { bytes: second, inclusive: true } };
    case 'begins_with':
      return prefixRange(first);
  }
};
