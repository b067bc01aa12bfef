import { arnMatcher, type Keys, matcher, type TextMatcher } from './pattern.ts';

/** Whether a request fulfils a statement's Condition. */
export type Condition = (keys: Keys) => boolean;

/** What one comparison says of one value of the request. */
type Comparison = (wanted: string) => TextMatcher;

const number =
  (compare: (value: number, wanted: number) => boolean): Comparison =>
  (wanted) =>
  (value) =>
    value !== '' && compare(Number(value), Number(wanted));

/** ISO 8601, or seconds since the epoch. */
const timeOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const date =
  (compare: (value: number, wanted: number) => boolean): Comparison =>
  (wanted) =>
  (value) =>
    compare(timeOf(value), timeOf(wanted));

/** By name; each of `NEGATED` is the opposite of the one that it names. */
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (wanted) => matcher(wanted, { wildcards: false }),
  StringEqualsIgnoreCase: (wanted) => matcher(wanted, { wildcards: false, ignoreCase: true }),
  StringLike: (wanted) => matcher(wanted),
  NumericEquals: number((value, wanted) => value === wanted),
  NumericLessThan: number((value, wanted) => value < wanted),
  NumericLessThanEquals: number((value, wanted) => value <= wanted),
  NumericGreaterThan: number((value, wanted) => value > wanted),
  NumericGreaterThanEquals: number((value, wanted) => value >= wanted),
  DateEquals: date((value, wanted) => value === wanted),
  DateLessThan: date((value, wanted) => value < wanted),
  DateLessThanEquals: date((value, wanted) => value <= wanted),
  DateGreaterThan: date((value, wanted) => value > wanted),
  DateGreaterThanEquals: date((value, wanted) => value >= wanted),
  Bool: (wanted) => matcher(wanted, { wildcards: false, ignoreCase: true }),
  ArnEquals: arnMatcher,
  ArnLike: arnMatcher,
};

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

interface Operator {
  readonly comparison: Comparison;
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly quantifier: 'all' | 'any' | undefined;
}

/** `ForAllValues:StringLikeIfExists` */
const NAME = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

/** `undefined`: there is no such operator here (IAM has also BinaryEquals, IpAddress and NotIpAddress: refused with the policy). */
const operatorNamed = (name: string): Operator | undefined => {
  const [, quantifier, plain = '', ifExists] = NAME.exec(name) ?? [];
  const comparison = COMPARISONS[NEGATED[plain] ?? plain];
  if (comparison === undefined) return undefined;
  return {
    comparison,
    negated: plain in NEGATED,
    ifExists: ifExists !== undefined,
    quantifier: quantifier === 'ForAllValues' ? 'all' : quantifier === 'ForAnyValue' ? 'any' : undefined,
  };
};

const fulfils = ({ comparison, negated, ifExists, quantifier }: Operator, key: string, wanted: readonly string[]): Condition => {
  const matchers = wanted.map(comparison);
  return (keys) => {
    const values = keys.get(key) ?? [];
    if (values.length === 0) return ifExists || quantifier === 'all' || (negated && quantifier === undefined);
    const one = (value: string): boolean => matchers.some((fits) => fits(value, keys)) !== negated;
    if (quantifier === 'all') return values.every(one);
    if (quantifier === 'any') return values.some(one);
    return negated ? values.every(one) : values.some(one);
  };
};

const isNull =
  (key: string, wanted: readonly string[]): Condition =>
  (keys) =>
    wanted.some((value) => (value.toLowerCase() === 'true') === ((keys.get(key) ?? []).length === 0));

/** A policy's text that IAM would refuse; the message says where. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

const textsOf = (value: unknown, place: string): readonly string[] => {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const item of values)
    if (!['string', 'number', 'boolean'].includes(typeof item))
      throw new PolicyError(`${place} must be a text or a list of texts`);
  return values.map(String);
};

/** All of its operators and keys have to hold. Throws a `PolicyError` for an operator that is not known. */
export const conditionOf = (document: unknown, place: string): Condition => {
  if (document === undefined) return () => true;
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new PolicyError(`${place} must be an object of operators`);
  const conditions = Object.entries(document).flatMap(([name, block]) => {
    const operator = name === 'Null' ? undefined : operatorNamed(name);
    if (name !== 'Null' && operator === undefined) throw new PolicyError(`${place} has an operator that is not known: ${name}`);
    if (typeof block !== 'object' || block === null)
      throw new PolicyError(`${place}.${name} must be an object of condition keys`);
    return Object.entries(block).map(([key, wanted]): Condition => {
      const texts = textsOf(wanted, `${place}.${name}.${key}`);
      return operator === undefined ? isNull(key.toLowerCase(), texts) : fulfils(operator, key.toLowerCase(), texts);
    });
  });
  return (keys) => conditions.every((holds) => holds(keys));
};
