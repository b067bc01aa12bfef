import type { Action } from '../../service.ts';
import type { Item } from '../attribute-value.ts';
import { consumedCapacity, withMember } from '../capacity.ts';
import { NO_ITEM } from '../expression-parameters.ts';
import { project } from '../expressions/projection.ts';
import type { Update } from '../expressions/update.ts';
import { collectionMetrics } from '../item-collections.ts';
import {
  legacyWriteMembers,
  placeholderMembers,
  refuseMixed,
  returnConsumedCapacity,
  returnItemCollectionMetrics,
  returnOnFailure,
  tableName,
} from '../request-members.ts';
import { anything, oneOf, optional, readInput, refused, string, structure } from '../shape.ts';
import { type DynamoDbStore, tableOf } from '../store.ts';
import { readUpdate } from '../update-requests.ts';
import { perform, usageOf, type Written } from '../writes.ts';

const returnValues = oneOf('ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW');

const request = structure({
  TableName: tableName,
  Key: anything,
  UpdateExpression: optional(string()),
  ConditionExpression: optional(string()),
  ...placeholderMembers,
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
  ReturnValues: optional(returnValues),
  ReturnValuesOnConditionCheckFailure: returnOnFailure,
  ...legacyWriteMembers,
  AttributeUpdates: refused,
});

const updatedPart = (item: Item | undefined, update: Update): Item | undefined => {
  const part = project(
    item ?? NO_ITEM,
    update.map((action) => action.path),
  );
  return Object.keys(part).length === 0 ? undefined : part;
};

const returned = ({ before, after }: Written, update: Update, wanted: ReturnType<typeof returnValues>): Item | undefined => {
  switch (wanted) {
    case 'NONE':
      return undefined;
    case 'ALL_OLD':
      return before;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return updatedPart(before, update);
    case 'UPDATED_NEW':
      return updatedPart(after, update);
  }
};

/** Changes attributes of an item, which it creates if it is not there. */
export const updateItem: Action<DynamoDbStore> = (store, input) => {
  refuseMixed(input, ['AttributeUpdates', 'Expected'], ['UpdateExpression', 'ConditionExpression']);
  const read = readInput(request, input);
  const write = readUpdate(read);
  const table = tableOf(store, write.tableName);
  const written = perform(table, write);
  return {
    ...withMember('Attributes', returned(written, write.update, read.ReturnValues ?? 'NONE')),
    ...withMember('ConsumedCapacity', consumedCapacity(table, usageOf(written), read.ReturnConsumedCapacity)),
    ...withMember('ItemCollectionMetrics', collectionMetrics(table, written.key, write.given, read.ReturnItemCollectionMetrics)),
  };
};
