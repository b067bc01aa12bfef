import { attributeOf, type Item, readItem, refuseDeepNesting, typeOf } from './attribute-value.ts';
import { invalidParameter, validationError } from './errors.ts';
import { optionalCondition, refusePathsIntoKeys } from './expression-parameters.ts';
import { readPlaceholders } from './expressions/placeholders.ts';
import type { Update } from './expressions/update.ts';
import { applyUpdate } from './expressions/update-evaluator.ts';
import { parseUpdate } from './expressions/update-parser.ts';
import { itemSize, MAX_ITEM_SIZE } from './item-size.ts';
import { checkIndexKeys, checkKey, emptyKind } from './keys.ts';
import { keyAttributes } from './schema.ts';
import { indexDefinitions, type Table } from './table.ts';
import type { ConditionInput } from './write-requests.ts';
import type { Write } from './writes.ts';

interface UpdateInput extends ConditionInput {
  readonly Key: unknown;
  readonly UpdateExpression?: string | undefined;
}

interface UpdateWrite extends Write {
  readonly update: Update;
}

const refuseKeyUpdates = (table: Table, update: Update): void => {
  for (const { name } of keyAttributes(table.schema)) {
    if (update.some(({ path }) => path[0] === name)) {
      throw invalidParameter(`Cannot update attribute ${name}. This attribute is part of the key`);
    }
  }
};

/** What the expression itself assigns to top-level attributes; the rest shows only when it is applied. */
const literals = (update: Update): Item =>
  Object.fromEntries(
    update.flatMap((action) => {
      if (action.kind !== 'SET' || action.path.length > 1) return [];
      const { assigned } = action;
      return assigned.kind === 'value' && assigned.value !== undefined ? [[String(action.path[0]), assigned.value]] : [];
    }),
  );

const indexKeyAttributes = (table: Table) => indexDefinitions(table).flatMap(({ schema }) => keyAttributes(schema));

const refuseEmptyIndexKeys = (item: Item, table: Table): void => {
  for (const { name } of indexKeyAttributes(table)) {
    const value = attributeOf(item, name);
    const kind = value === undefined ? undefined : emptyKind(value);
    if (kind !== undefined) {
      throw validationError(
        'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value ' +
          `that is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value.`,
      );
    }
  }
};

const refuseWrongIndexKeys = (item: Item, table: Table): void => {
  const isWrong = indexKeyAttributes(table).some(({ name, type }) => {
    const value = attributeOf(item, name);
    return value !== undefined && typeOf(value) !== type;
  });
  if (isWrong) throw validationError('The update expression attempted to update the secondary index key to unsupported type');
};

const checkUpdate = (table: Table, key: Item, update: Update): void => {
  checkKey(key, table.schema);
  refuseKeyUpdates(table, update);
  refusePathsIntoKeys(
    table,
    update.map(({ path }) => path),
  );
  refuseEmptyIndexKeys(literals(update), table);
  checkIndexKeys(literals(update), indexDefinitions(table));
};

const updated = (table: Table, before: Item, update: Update): Item => {
  const item = applyUpdate(before, update);
  refuseEmptyIndexKeys(item, table);
  refuseWrongIndexKeys(item, table);
  checkIndexKeys(item, indexDefinitions(table));
  refuseDeepNesting(item);
  if (itemSize(item) > MAX_ITEM_SIZE) throw validationError('Item size to update has exceeded the maximum allowed size');
  return item;
};

/** Reads an UpdateItem, or the Update of a transaction. Without an expression it creates an item that is only its key. */
export const readUpdate = (input: UpdateInput): UpdateWrite => {
  const { UpdateExpression, ConditionExpression } = input;
  const given = readItem(input.Key);
  const placeholders = readPlaceholders(input, { UpdateExpression, ConditionExpression });
  const update = UpdateExpression === undefined ? [] : parseUpdate(UpdateExpression, placeholders);
  const condition = optionalCondition(ConditionExpression, 'ConditionExpression', placeholders);
  placeholders.refuseUnused();
  return {
    tableName: input.TableName,
    given,
    condition,
    showsRefusing: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    update,
    check: (table) => checkUpdate(table, given, update),
    next: (table, before) => updated(table, before ?? given, update),
  };
};
