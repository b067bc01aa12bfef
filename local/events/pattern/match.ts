import { compileObject, type FieldRule, invalidPattern, type Leaf, type ObjectRule } from './compile.ts';

export type Matcher = (event: unknown) => boolean;

/** The most combinations that `$or`s may make (User Guide, "Event pattern operators"). */
const MOST_COMBINATIONS = 1000;
const LONGEST = 4096;

/** Reads a pattern's JSON. Throws `InvalidEventPatternException`. */
export const compilePattern = (text: string): Matcher => {
  if (text.length > LONGEST) throw invalidPattern(`Filter exceeds ${LONGEST} characters`);
  const rule = compileObject(parse(text));
  if (combinations(rule) > MOST_COMBINATIONS) throw invalidPattern(`The pattern has more than ${MOST_COMBINATIONS} combinations`);
  return (event) => objectFits(rule, event);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidPattern('Filter is not a valid JSON');
  }
};

const combinations = ({ fields, alternatives }: ObjectRule): number => {
  const inner = fields.map(({ rule }) => (rule.kind === 'object' ? combinations(rule.rule) : 1));
  const outer = alternatives.map((parts) => parts.reduce((sum, part) => sum + combinations(part), 0));
  return [...inner, ...outer].reduce((product, count) => product * count, 1);
};

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object fits if its fields do; a list fits if one and the same of its objects does. */
const objectFits = (rule: ObjectRule, value: unknown): boolean => {
  if (Array.isArray(value)) return value.some((entry) => objectFits(rule, entry));
  const object = isObject(value) ? value : {};
  return (
    rule.fields.every((field) => fieldFits(field, object)) &&
    rule.alternatives.every((parts) => parts.some((part) => objectFits(part, object)))
  );
};

const fieldFits = ({ name, rule }: ObjectRule['fields'][number], object: Json): boolean =>
  valuesAt(object, name).some((value) => valueFits(rule, value));

/** What stands at a name: there, or along the path that a dotted name spells. */
const valuesAt = (object: Json, name: string): readonly unknown[] => {
  if (Object.hasOwn(object, name) || !name.includes('.')) return [Object.hasOwn(object, name) ? object[name] : undefined];
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const inner = object[name.slice(0, dot)];
    if (isObject(inner)) return valuesAt(inner, name.slice(dot + 1));
  }
  return [undefined];
};

const valueFits = (rule: FieldRule, value: unknown): boolean => {
  if (rule.kind === 'object') return objectFits(rule.rule, value);
  const leaves = leavesOf(value);
  if (leaves.length === 0) return rule.absent;
  return rule.present || leaves.some((leaf) => rule.tests.some((test) => test(leaf)));
};

/** The leaves of a value: of a list those of its entries, of an object none, for `exists` is about leaves only. */
const leavesOf = (value: unknown): readonly Leaf[] => {
  if (value === undefined || isObject(value)) return [];
  return Array.isArray(value) ? value.flatMap(leavesOf) : [value as Leaf];
};
