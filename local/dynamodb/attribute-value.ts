import { invalidParameter, serializationError, validationError } from './errors.ts';
import { formatNumber, parseNumber } from './numbers.ts';

/** A value as DynamoDB's JSON carries it. Numbers are normalised, `B` is base64. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Item };

export type Item = Readonly<Record<string, AttributeValue>>;

const ATTRIBUTE_TYPES = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

const MAX_NESTING = 32;

export const isAttributeType = (name: string): name is AttributeType => ATTRIBUTE_TYPES.some((type) => type === name);

export const typeOf = (value: AttributeValue): AttributeType => Object.keys(value)[0] as AttributeType;

/** Own members only: an attribute may be called `constructor`. */
export const attributeOf = (item: Item, name: string): AttributeValue | undefined =>
  Object.hasOwn(item, name) ? item[name] : undefined;

const kindOf = (value: unknown): string => {
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  return value === true ? 'TRUE_VALUE' : 'FALSE_VALUE';
};

/** What a member of the wrong JSON type is told, as AWS's parser words it. */
export const wrongType = (value: unknown, wanted: string) => {
  if (Array.isArray(value)) return serializationError(`Unrecognized collection type class java.lang.${wanted}`);
  if (typeof value === 'object') return serializationError('Start of structure or map found where not expected');
  if (typeof value === 'string') return serializationError(`STRING_VALUE cannot be converted to ${wanted}`);
  return serializationError(`${kindOf(value)} cannot be converted to ${wanted}`);
};

const readString = (value: unknown): string => {
  if (typeof value !== 'string') throw wrongType(value, 'String');
  return value;
};

const readBoolean = (value: unknown): boolean => {
  if (typeof value !== 'boolean') throw wrongType(value, 'Boolean');
  return value;
};

const readList = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw serializationError('Unexpected field type');
  return value;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readBinary = (value: unknown): string => {
  if (typeof value !== 'string') throw serializationError('only base-64-encoded strings are convertible to bytes');
  if (value.length % 4 !== 0) {
    throw serializationError(`Base64 encoded length is expected a multiple of 4 bytes but found: ${value.length}`);
  }
  if (Buffer.from(value, 'base64').toString('base64') !== value) throw serializationError('Invalid Base64 character detected');
  return value;
};

const readNumber = (value: unknown): string => formatNumber(parseNumber(readString(value)));

const hasDuplicates = (members: readonly string[]): boolean => new Set(members).size < members.length;

const readStringSet = (value: unknown): AttributeValue => {
  const members = readList(value).map(readString);
  if (members.length === 0) throw invalidParameter('An string set  may not be empty');
  if (hasDuplicates(members)) throw invalidParameter(`Input collection [${members.join(', ')}] contains duplicates.`);
  return { SS: members };
};

const readNumberSet = (value: unknown): AttributeValue => {
  const members = readList(value).map(readNumber);
  if (members.length === 0) throw invalidParameter('An number set  may not be empty');
  if (hasDuplicates(members)) throw validationError('Input collection contains duplicates');
  return { NS: members };
};

const readBinarySet = (value: unknown): AttributeValue => {
  const members = readList(value).map(readBinary);
  if (members.length === 0) throw invalidParameter('Binary sets should not be empty');
  if (hasDuplicates(members)) throw invalidParameter(`Input collection [${members.join(', ')}]of type BS contains duplicates.`);
  return { BS: members };
};

const readNull = (value: unknown): AttributeValue => {
  if (!readBoolean(value)) throw invalidParameter('Null attribute value types must have the value of true');
  return { NULL: true };
};

const readTyped = (type: AttributeType, value: unknown, depth: number): AttributeValue => {
  switch (type) {
    case 'S':
      return { S: readString(value) };
    case 'N':
      return { N: readNumber(value) };
    case 'B':
      return { B: readBinary(value) };
    case 'BOOL':
      return { BOOL: readBoolean(value) };
    case 'NULL':
      return readNull(value);
    case 'SS':
      return readStringSet(value);
    case 'NS':
      return readNumberSet(value);
    case 'BS':
      return readBinarySet(value);
    case 'L':
      return { L: readList(value).map((member) => readValue(member, depth + 1)) };
    case 'M':
      return { M: readMap(value, depth + 1) };
  }
};

const tooDeep = () =>
  validationError(
    'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
  );

const depthOf = (value: AttributeValue): number => {
  const members = 'L' in value ? value.L : 'M' in value ? Object.values(value.M) : undefined;
  return members === undefined ? 0 : 1 + Math.max(0, ...members.map(depthOf));
};

/** An update may put a value deeper than the request alone shows. */
export const refuseDeepNesting = (item: Item): void => {
  if (Object.values(item).some((value) => depthOf(value) > MAX_NESTING)) throw tooDeep();
};

const readValue = (wire: unknown, depth: number): AttributeValue => {
  if (depth > MAX_NESTING) throw tooDeep();
  if (!isRecord(wire)) throw serializationError('Unexpected value type in payload');
  const types = Object.keys(wire).filter((name) => wire[name] !== undefined && wire[name] !== null && isAttributeType(name));
  const [type, second] = types;
  if (type === undefined || !isAttributeType(type)) {
    throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  const value = readTyped(type, wire[type], depth);
  if (second !== undefined) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  return value;
};

const readMap = (wire: unknown, depth: number): Item => {
  if (!isRecord(wire)) throw serializationError('Unexpected field type');
  return Object.fromEntries(Object.entries(wire).map(([name, value]) => [name, readValue(value, depth)]));
};

/** Reads one value of a request, checking all that DynamoDB checks of a value alone. */
export const readAttributeValue = (wire: unknown): AttributeValue => readValue(wire, 0);

/** Reads an item or a key of a request. */
export const readItem = (wire: unknown): Item => readMap(wire, 0);
