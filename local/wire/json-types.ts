import { AwsError } from '../errors.ts';
import type { Member, Shape } from './shapes.ts';

const WORDS = { string: 'STRING_VALUE', number: 'NUMBER_VALUE' } as const;

const describe = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return typeof value === 'string' || typeof value === 'number' ? WORDS[typeof value as 'string' | 'number'] : 'UNKNOWN';
};

const JAVA_NAMES: Readonly<Record<string, string>> = {
  string: 'a String',
  number: 'a Number',
  boolean: 'a Boolean',
  timestamp: 'a Timestamp',
  blob: 'a Blob',
  list: 'a List',
  map: 'a Map',
  structure: 'a Structure',
};

const TYPES: Readonly<Record<string, readonly string[]>> = {
  string: ['string'],
  blob: ['string'],
  number: ['number'],
  boolean: ['boolean'],
  timestamp: ['number', 'string'],
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Takes the nulls out of a JSON request (for AWS, null is "not given") and refuses a value whose JSON type is not its member's,
 * with AWS's `SerializationException`. Members that the operation does not have are left as they are.
 */
export const readJsonInput = (value: unknown, shape: Shape, path = ''): unknown => {
  switch (shape.kind) {
    case 'document':
      return value;
    case 'list':
      return readList(value, shape.member, path);
    case 'map':
      return isRecord(value) ? readEntries(value, () => shape.value, path) : refuse(value, shape, path);
    case 'structure':
      return isRecord(value) ? readEntries(value, (name) => shape.members.get(name), path) : refuse(value, shape, path);
    case 'string':
    case 'number':
    case 'boolean':
    case 'timestamp':
    case 'blob':
      return TYPES[shape.kind]?.includes(typeof value) ? value : refuse(value, shape, path);
  }
};

const readList = (value: unknown, member: Member, path: string): unknown => {
  if (!Array.isArray(value)) return refuse(value, { kind: 'list', member }, path);
  return value.map((item: unknown, index) => (item === null ? item : readJsonInput(item, member.shape(), `${path}[${index}]`)));
};

const readEntries = (value: Readonly<Record<string, unknown>>, memberOf: (name: string) => Member | undefined, path: string) =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]): [string, unknown] => {
        const member = memberOf(name);
        const here = path === '' ? name : `${path}.${name}`;
        return [name, member === undefined ? inner : readJsonInput(inner, member.shape(), here)];
      }),
  );

const refuse = (value: unknown, { kind }: Shape, path: string): never => {
  const at = path === '' ? '' : ` (${path})`;
  if (Array.isArray(value)) throw serialization(`Start of list found where not expected${at}`);
  if (isRecord(value)) throw serialization(`Start of structure or map found where not expected${at}`);
  throw serialization(`${describe(value)} can not be converted to ${JAVA_NAMES[kind]}${at}`);
};

/** A request that cannot be read at all. */
export const serialization = (message: string): AwsError => new AwsError('SerializationException', message);
