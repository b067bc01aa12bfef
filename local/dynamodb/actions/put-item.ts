import type { Action } from '../../service.ts';
import { consumedCapacity, withMember } from '../capacity.ts';
import { validationError } from '../errors.ts';
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
import { anything, oneOf, optional, readInput, string, structure } from '../shape.ts';
import { type DynamoDbStore, tableOf } from '../store.ts';
import { readPut } from '../write-requests.ts';
import { perform, usageOf } from '../writes.ts';

const request = structure({
  TableName: tableName,
  Item: anything,
  ConditionExpression: optional(string()),
  ...placeholderMembers,
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
  ReturnValues: optional(oneOf('ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW')),
  ReturnValuesOnConditionCheckFailure: returnOnFailure,
  ...legacyWriteMembers,
});

/** Creates an item or replaces the whole of it. */
export const putItem: Action<DynamoDbStore> = (store, input) => {
  refuseMixed(input, ['Expected'], ['ConditionExpression']);
  const read = readInput(request, input);
  const { ReturnValues = 'NONE' } = read;
  if (ReturnValues !== 'NONE' && ReturnValues !== 'ALL_OLD') {
    throw validationError('ReturnValues can only be ALL_OLD or NONE');
  }
  const write = readPut(read);
  const table = tableOf(store, write.tableName);
  const written = perform(table, write);
  return {
    ...withMember('Attributes', ReturnValues === 'ALL_OLD' ? written.before : undefined),
    ...withMember('ConsumedCapacity', consumedCapacity(table, usageOf(written), read.ReturnConsumedCapacity)),
    ...withMember('ItemCollectionMetrics', collectionMetrics(table, written.key, write.given, read.ReturnItemCollectionMetrics)),
  };
};
