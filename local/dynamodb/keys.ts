import { type AttributeValue, attributeOf, type Item, typeOf } from './attribute-value.ts';
import { invalidParameter, validationError } from './errors.ts';
import { type IndexDefinition, type KeyAttribute, type KeySchema, keyAttributes } from './schema.ts';
import { sortBytes } from './values.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_HASH_BYTES = 2048;
const MAX_RANGE_BYTES = 1024;

export const keyMismatch = () => validationError('The provided key element does not match the schema');

/** What kind of empty value this is, if it is one: keys of tables and indexes may not be empty. */
export const emptyKind = (value: AttributeValue): string | undefined => {
  if ('S' in value && value.S === '') return 'string';
  return 'B' in value && value.B === '' ? 'binary' : undefined;
};

const NOT_VALID = 'One or more parameter values are not valid.';

/** Empty key values are refused before anything else about the key, even in a transaction. */
export const refuseEmptyKeys = (item: Item, schema: KeySchema): void => {
  for (const { name } of keyAttributes(schema)) {
    const value = attributeOf(item, name);
    const kind = value === undefined ? undefined : emptyKind(value);
    if (kind === undefined) continue;
    throw validationError(
      `${NOT_VALID} The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
    );
  }
};

const checkSize = (value: AttributeValue, isHash: boolean): void => {
  if ('N' in value) return;
  const { length } = sortBytes(value) ?? [];
  if (length === undefined) return;
  if (isHash && length > MAX_HASH_BYTES) {
    throw invalidParameter('Size of hashkey has exceeded the maximum size limit of2048 bytes');
  }
  if (!isHash && length > MAX_RANGE_BYTES) {
    throw invalidParameter('Aggregated size of all range keys has exceeded the size limit of 1024 bytes');
  }
};

const checkSizes = (item: Item, schema: KeySchema): void => {
  for (const attribute of keyAttributes(schema)) {
    const value = attributeOf(item, attribute.name);
    if (value !== undefined) checkSize(value, attribute === schema.hash);
  }
};

/** Checks the Key of a request: the schema's attributes, no others, of the right types and sizes. */
export const checkKey = (key: Item, schema: KeySchema): void => {
  const attributes = keyAttributes(schema);
  if (Object.keys(key).length !== attributes.length) throw keyMismatch();
  refuseEmptyKeys(key, schema);
  for (const { name, type } of attributes) {
    const value = attributeOf(key, name);
    if (value === undefined || typeOf(value) !== type) throw keyMismatch();
  }
  checkSizes(key, schema);
};

const checkItemKey = (item: Item, { name, type }: KeyAttribute): void => {
  const value = attributeOf(item, name);
  if (value === undefined) throw invalidParameter(`Missing the key ${name} in the item`);
  if (typeOf(value) !== type) {
    throw invalidParameter(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
  }
};

const checkIndexKey = (item: Item, index: IndexDefinition, { name, type }: KeyAttribute): void => {
  const value = attributeOf(item, name);
  if (value === undefined) return;
  if (typeOf(value) !== type) {
    throw invalidParameter(
      `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
    );
  }
  const kind = emptyKind(value);
  if (kind === undefined) return;
  throw validationError(
    `${NOT_VALID} A value specified for a secondary index key is not supported. ` +
      `The AttributeValue for a key attribute cannot contain an empty ${kind} value. IndexName: ${index.name}, IndexKey: ${name}`,
  );
};

const byName = (left: IndexDefinition, right: IndexDefinition): number => (left.name < right.name ? -1 : 1);

/** Attributes that an index is keyed by may be missing (the item is then not in the index), but not be of another type. */
export const checkIndexKeys = (item: Item, indexes: readonly IndexDefinition[]): void => {
  for (const index of indexes.toSorted(byName)) {
    for (const attribute of keyAttributes(index.schema)) checkIndexKey(item, index, attribute);
    checkSizes(item, index.schema);
  }
};

/** Checks the Item of a PutItem against the table's key. */
export const checkItemKeys = (item: Item, schema: KeySchema): void => {
  for (const attribute of keyAttributes(schema)) checkItemKey(item, attribute);
  refuseEmptyKeys(item, schema);
  checkSizes(item, schema);
};
