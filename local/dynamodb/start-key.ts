import { attributeOf, type Item, typeOf } from './attribute-value.ts';
import { type EntryKey, entryKey, tieOf } from './entry-key.ts';
import { validationError } from './errors.ts';
import { keyMismatch } from './keys.ts';
import { keyAttributes, pickKey } from './schema.ts';
import { type Source, startKeyNames } from './search.ts';

const INVALID = 'The provided starting key is invalid';

const hasRightTypes = (key: Item, { table, schema }: Source): boolean =>
  [...keyAttributes(table.schema), ...keyAttributes(schema)].every(({ name, type }) => {
    const value = attributeOf(key, name);
    return value !== undefined && typeOf(value) === type;
  });

/**
 * The place an ExclusiveStartKey names. It need not be an item's: the walk goes on after where it would be. `tellsMismatch`: a
 * Scan of a table says what is wrong with the key.
 */
export const startPosition = (key: Item, source: Source, tellsMismatch: boolean): EntryKey => {
  const isWrongSize = Object.keys(key).length !== startKeyNames(source).size;
  if (isWrongSize || !hasRightTypes(key, source)) {
    throw validationError(tellsMismatch ? `${INVALID}: ${keyMismatch().message}` : INVALID);
  }
  const { table, index, schema } = source;
  const ofTable = entryKey(pickKey(key, table.schema), table.schema);
  return index === undefined ? ofTable : entryKey(key, schema, tieOf(ofTable));
};
