import { BlockList, isIP } from 'node:net';
import { AwsError } from '../../errors.ts';

/** A value of an event: a leaf of its JSON, or `undefined` where there is none. */
export type Leaf = string | number | boolean | null | undefined;

export type LeafTest = (value: Leaf) => boolean;

/** What a pattern says of one object. */
export interface ObjectRule {
  /** All have to hold. */
  readonly fields: readonly { readonly name: string; readonly rule: FieldRule }[];
  /** Of each list at least one has to hold. */
  readonly alternatives: readonly (readonly ObjectRule[])[];
}

export type FieldRule =
  | { readonly kind: 'object'; readonly rule: ObjectRule }
  /** `absent`: also holds where the field is not there. */
  | { readonly kind: 'leaf'; readonly tests: readonly LeafTest[]; readonly absent: boolean; readonly present: boolean };

export const invalidPattern = (reason: string): AwsError =>
  new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

export const compileObject = (pattern: unknown, path = ''): ObjectRule => {
  if (!isObject(pattern)) throw invalidPattern('Filter is not an object');
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw invalidPattern('Empty objects are not allowed');
  const fields: ObjectRule['fields'][number][] = [];
  const alternatives: ObjectRule[][] = [];
  for (const [name, value] of entries) {
    if (name === '$or' && isAlternatives(value)) alternatives.push(value.map((part) => compileObject(part, path)));
    else fields.push(...compileField(name, value));
  }
  return { fields, alternatives };
};

/** `$or` is an operator where it holds a list of two or more objects; elsewhere it is a name like any other. */
const isAlternatives = (value: unknown): value is Json[] =>
  Array.isArray(value) &&
  value.length >= 2 &&
  value.every((part) => isObject(part) && Object.keys(part).length > 0 && !isOperator(part));

const OPERATORS = ['prefix', 'suffix', 'equals-ignore-case', 'anything-but', 'numeric', 'exists', 'cidr', 'wildcard'];

const isOperator = (part: Json): boolean => Object.keys(part).every((key) => OPERATORS.includes(key));

/** A dotted name is the path that it spells. */
const compileField = (name: string, value: unknown): ObjectRule['fields'] => {
  if (isObject(value)) return [{ name, rule: { kind: 'object', rule: compileObject(value) } }];
  if (!Array.isArray(value)) throw invalidPattern(`"${name}" must be an object or an array`);
  if (value.length === 0) throw invalidPattern('Empty arrays are not allowed');
  const compiled = value.map(compileLeaf);
  const absent = compiled.some((leaf) => leaf === 'absent');
  const present = compiled.some((leaf) => leaf === 'present');
  const tests = compiled.filter((leaf): leaf is LeafTest => typeof leaf === 'function');
  return [{ name, rule: { kind: 'leaf', tests, absent, present } }];
};

const compileLeaf = (value: unknown): LeafTest | 'absent' | 'present' => {
  if (isObject(value)) return compileOperator(value);
  if (Array.isArray(value)) throw invalidPattern('Match value must be String, number, true, false, or null');
  return equals(value as Leaf);
};

/** Numbers are equal as numbers, everything else as it is written. */
const equals =
  (wanted: Leaf): LeafTest =>
  (value) =>
    value === wanted;

const compileOperator = (operator: Json): LeafTest | 'absent' | 'present' => {
  const [entry, ...more] = Object.entries(operator);
  if (entry === undefined) throw invalidPattern('Empty objects are not allowed');
  if (more.length > 0) throw invalidPattern('Only one key allowed in match expression');
  const [name, operand] = entry;
  switch (name) {
    case 'exists':
      if (typeof operand !== 'boolean') throw invalidPattern('exists match pattern must be either true or false.');
      return operand ? 'present' : 'absent';
    case 'prefix':
      return affix('prefix', operand, (text, part) => text.startsWith(part));
    case 'suffix':
      return affix('suffix', operand, (text, part) => text.endsWith(part));
    case 'equals-ignore-case':
      return ignoringCase(operand);
    case 'wildcard':
      return wildcard(operand);
    case 'numeric':
      return numeric(operand);
    case 'cidr':
      return cidr(operand);
    case 'anything-but':
      return anythingBut(operand);
    default:
      throw invalidPattern(`Unrecognized match type ${name}`);
  }
};

const texts =
  (test: (text: string) => boolean): LeafTest =>
  (value) =>
    typeof value === 'string' && test(value);

const affix = (name: string, operand: unknown, fits: (text: string, part: string) => boolean): LeafTest => {
  if (typeof operand === 'string') {
    if (operand === '') throw invalidPattern(`Null prefix/suffix not allowed`);
    return texts((text) => fits(text, operand));
  }
  const inner = isObject(operand) ? operand['equals-ignore-case'] : undefined;
  if (typeof inner !== 'string' || Object.keys(operand as object).length !== 1)
    throw invalidPattern(`${name} match pattern must be a string`);
  return texts((text) => fits(text.toLowerCase(), inner.toLowerCase()));
};

const ignoringCase = (operand: unknown): LeafTest => {
  if (typeof operand !== 'string') throw invalidPattern('equals-ignore-case match pattern must be a string');
  return texts((text) => text.toLowerCase() === operand.toLowerCase());
};

/**
 * EventBridge refuses wildcards that are costly to match; how it reckons is not documented. Here: five or more wildcards that
 * the same character follows, which is on the refused side of what AWS was seen to refuse (six before ":").
 */
const isTooComplex = (operand: string): boolean => {
  const followers = [...operand.matchAll(/\*(.)/gs)].map(([, next]) => next);
  return followers.some((next) => followers.filter((other) => other === next).length >= 5);
};

/** `*` stands for any number of characters; `\*` and `\\` for themselves. */
const wildcard = (operand: unknown): LeafTest => {
  if (typeof operand !== 'string') throw invalidPattern('wildcard match pattern must be a string');
  if (/(^|[^\\])(\\\\)*\*\*/.test(operand))
    throw invalidPattern(`Consecutive wildcard characters at pos ${operand.indexOf('**')}`);
  if (/(^|[^\\])(\\\\)*\\([^*\\]|$)/.test(operand)) throw invalidPattern('Invalid escape character');
  if (isTooComplex(operand))
    throw invalidPattern(
      'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
    );
  const expression = operand.replace(
    /\\([*\\])|(\*)|([.+?^${}()|[\]])/gs,
    (_, escaped?: string, star?: string, special?: string) => (star === undefined ? `\\${escaped ?? special}` : '.*'),
  );
  const regular = new RegExp(`^${expression}$`, 's');
  return texts((text) => regular.test(text));
};

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
  '>=': (a, b) => a >= b,
  '>': (a, b) => a > b,
};

const LARGEST = 5e9;

const numeric = (operand: unknown): LeafTest => {
  if (!Array.isArray(operand) || operand.length === 0) throw invalidPattern('Value of numeric must be an array.');
  if (operand.length !== 2 && operand.length !== 4) throw invalidPattern('Too many elements in numeric expression');
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const [sign, bound] = [operand[index], operand[index + 1]];
    const compare = typeof sign === 'string' ? COMPARE[sign] : undefined;
    if (compare === undefined) throw invalidPattern(`Unrecognized numeric range operator: ${String(sign)}`);
    if (typeof bound !== 'number') throw invalidPattern('Value of numeric must be numeric');
    if (Math.abs(bound) > LARGEST) throw invalidPattern('Value must be between -5.0E9 and 5.0E9, inclusive');
    tests.push((value) => compare(value, bound));
  }
  if (tests.length === 2) checkRange(operand);
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
};

/** Two comparisons are a range: from below first, and not an empty one. */
const checkRange = ([first, low, second, high]: readonly unknown[]): void => {
  if (!(first === '>' || first === '>=') || !(second === '<' || second === '<='))
    throw invalidPattern('Bad numeric range operator');
  if (Number(low) >= Number(high)) throw invalidPattern('Bottom must be less than top');
};

const cidr = (operand: unknown): LeafTest => {
  const [address = '', mask] = typeof operand === 'string' ? operand.split('/') : [];
  const version = isIP(address);
  if (version === 0) throw invalidPattern(`Malformed CIDR, one '/' required`);
  const bits = mask === undefined ? undefined : Number(mask);
  if (bits === undefined) throw invalidPattern(`Malformed CIDR, one '/' required`);
  if (!/^[0-9]+$/.test(mask ?? '') || bits > (version === 4 ? 32 : 128))
    throw invalidPattern('Malformed CIDR, mask bits must be an integer');
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(address, bits, family);
  return texts((text) => isIP(text) === version && block.check(text, family));
};

/** A list of leaves, or one of the operators over texts; each takes one text or a list of them. */
const anythingBut = (operand: unknown): LeafTest => {
  if (isObject(operand)) return anythingButOperator(operand);
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length === 0) throw invalidPattern('Empty arrays are not allowed');
  const types = new Set(list.map((value) => typeof value));
  if (types.size > 1 || !list.every((value) => typeof value === 'string' || typeof value === 'number')) {
    throw invalidPattern('Inside anything but list, either all values are number or string, mixed type is not supported');
  }
  return (value) => value !== undefined && !list.some((excluded) => excluded === value);
};

const anythingButOperator = (operand: Json): LeafTest => {
  const [entry, ...more] = Object.entries(operand);
  if (entry === undefined || more.length > 0) throw invalidPattern('Only one key allowed in match expression');
  const [name, inner] = entry;
  const make = {
    prefix: (part: unknown) => affix('prefix', part, (text, start) => text.startsWith(start)),
    suffix: (part: unknown) => affix('suffix', part, (text, end) => text.endsWith(end)),
    'equals-ignore-case': ignoringCase,
    wildcard,
  }[name];
  if (make === undefined) throw invalidPattern(`Unsupported anything-but pattern: ${name}`);
  const parts = Array.isArray(inner) ? inner : [inner];
  if (parts.length === 0) throw invalidPattern('Empty arrays are not allowed');
  if (!parts.every((part) => typeof part === 'string')) throw invalidPattern(`${name} match pattern must be a string`);
  const tests = parts.map(make);
  return (value) => value !== undefined && !tests.some((test) => test(value));
};
