import { type Item, readItem } from './attribute-value.ts';
import { validationError } from './errors.ts';
import { optionalCondition } from './expression-parameters.ts';
import { type PlaceholderInput, readPlaceholders } from './expressions/placeholders.ts';
import { itemSize, MAX_ITEM_SIZE } from './item-size.ts';
import { checkIndexKeys, checkItemKeys, checkKey } from './keys.ts';
import { indexDefinitions } from './table.ts';
import type { Write } from './writes.ts';

export interface ConditionInput extends PlaceholderInput {
  readonly TableName: string;
  readonly ConditionExpression?: string | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE' | undefined;
}

type Conditional = Pick<Write, 'tableName' | 'condition' | 'showsRefusing'>;

const readConditional = (input: ConditionInput): Conditional => {
  const { ConditionExpression } = input;
  const placeholders = readPlaceholders(input, { ConditionExpression });
  const condition = optionalCondition(ConditionExpression, 'ConditionExpression', placeholders);
  placeholders.refuseUnused();
  return { tableName: input.TableName, condition, showsRefusing: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
};

export const refuseLargeItem = (item: Item): void => {
  if (itemSize(item) > MAX_ITEM_SIZE) throw validationError('Item size has exceeded the maximum allowed size');
};

/** A put of `given`, already read. */
export const putOf = (given: Item, conditional: Conditional): Write => ({
  ...conditional,
  given,
  check(table) {
    checkItemKeys(given, table.schema);
    checkIndexKeys(given, indexDefinitions(table));
  },
  next: () => given,
});

/** A delete of the item with the key `given`. */
export const deleteOf = (given: Item, conditional: Conditional): Write => ({
  ...conditional,
  given,
  check: (table) => checkKey(given, table.schema),
  next: () => undefined,
});

export const readPut = (input: ConditionInput & { readonly Item: unknown }): Write => {
  const given = readItem(input.Item);
  const conditional = readConditional(input);
  refuseLargeItem(given);
  return putOf(given, conditional);
};

export const readDelete = (input: ConditionInput & { readonly Key: unknown }): Write =>
  deleteOf(readItem(input.Key), readConditional(input));

/** A ConditionCheck of a transaction: a write that leaves the item as it is. */
export const readCheck = (input: ConditionInput & { readonly Key: unknown }): Write => ({
  ...readDelete(input),
  next: (_table, before) => before,
});
