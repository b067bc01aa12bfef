import type { Action } from '../../service.ts';
import { consumedCapacity, withMember } from '../capacity.ts';
import { readProjection } from '../expression-parameters.ts';
import { fetch, readKey, usageOfReads } from '../reads.ts';
import { placeholderMembers, refuseMixed, returnConsumedCapacity, tableName } from '../request-members.ts';
import { anything, boolean, optional, readInput, refused, string, structure } from '../shape.ts';
import { type DynamoDbStore, tableOf } from '../store.ts';

const request = structure({
  TableName: tableName,
  Key: anything,
  ConsistentRead: optional(boolean),
  ProjectionExpression: optional(string()),
  ExpressionAttributeNames: placeholderMembers.ExpressionAttributeNames,
  ReturnConsumedCapacity: returnConsumedCapacity,
  AttributesToGet: refused,
});

/** Reads one item. Every read is consistent here; ConsistentRead shows only in the capacity. */
export const getItem: Action<DynamoDbStore> = (store, input) => {
  refuseMixed(input, ['AttributesToGet'], ['ProjectionExpression']);
  const read = readInput(request, input);
  const paths = readProjection(read);
  const table = tableOf(store, read.TableName);
  const found = fetch(table, readKey(table, read.Key), paths);
  const usage = usageOfReads([found], read.ConsistentRead === true ? 'consistent' : 'eventual');
  return {
    ...withMember('Item', found.item),
    ...withMember('ConsumedCapacity', consumedCapacity(table, usage, read.ReturnConsumedCapacity)),
  };
};
