import type { Action } from '../../service.ts';
import { type Item, readItem } from '../attribute-value.ts';
import { consumedCapacity, withMember } from '../capacity.ts';
import { entryKey, tieOf } from '../entry-key.ts';
import { validationError } from '../errors.ts';
import { readProjection } from '../expression-parameters.ts';
import type { Path } from '../expressions/paths.ts';
import { refuseEmptyKeys } from '../keys.ts';
import { fetch, type ReadItem, readKey, usageOfReads } from '../reads.ts';
import { placeholderMembers, returnConsumedCapacity, tableName } from '../request-members.ts';
import { anything, list, optional, readInput, string, structure } from '../shape.ts';
import { type DynamoDbStore, tableOf } from '../store.ts';
import type { Table } from '../table.ts';
import { MAX_TRANSACTION_BYTES, MAX_TRANSACTION_ITEMS, repeatedOperation, settleAll } from '../transactions.ts';

const get = structure({
  TableName: tableName,
  Key: anything,
  ProjectionExpression: optional(string()),
  ExpressionAttributeNames: placeholderMembers.ExpressionAttributeNames,
});

const request = structure({
  TransactItems: list(structure({ Get: get }), { min: 1, max: MAX_TRANSACTION_ITEMS }),
  ReturnConsumedCapacity: returnConsumedCapacity,
});

interface Planned {
  readonly table: Table;
  readonly item: Item;
  readonly key: unknown;
  readonly paths: readonly Path[] | undefined;
}

/** The same key of the same table twice, in whatever order its attributes were written. */
const refuseRepeated = (plans: readonly Planned[]): void => {
  const keys = plans.map(({ table, item }) => `${table.name} ${tieOf(entryKey(item, table.schema)).toString('hex')}`);
  if (new Set(keys).size < keys.length) throw repeatedOperation();
};

const capacityOf = (plans: readonly Planned[], reads: readonly ReadItem[], detail: 'INDEXES' | 'TOTAL') =>
  [...new Set(plans.map(({ table }) => table))].map((table) => {
    const ofTable = reads.filter((_read, index) => plans[index]?.table === table);
    return consumedCapacity(table, usageOfReads(ofTable, 'transactional'), detail, 'ReadCapacityUnits');
  });

/** Reads up to 100 items as they are at one moment. An item that is not there is an empty entry. */
export const transactGetItems: Action<DynamoDbStore> = (store, input) => {
  const { TransactItems, ReturnConsumedCapacity: detail } = readInput(request, input);
  const parsed = TransactItems.map(({ Get }) => ({
    name: Get.TableName,
    item: readItem(Get.Key),
    key: Get.Key,
    paths: readProjection(Get),
  }));
  const plans = parsed.map(({ name, item, key, paths }): Planned => {
    const table = tableOf(store, name);
    refuseEmptyKeys(item, table.schema);
    return { table, item, key, paths };
  });
  refuseRepeated(plans);
  const reads = settleAll(plans, ({ table, key, paths }) => fetch(table, readKey(table, key), paths));
  if (reads.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_TRANSACTION_BYTES) {
    throw validationError('The items of a transaction exceed 4 MB');
  }
  return {
    Responses: reads.map(({ item }) => withMember('Item', item)),
    ...withMember('ConsumedCapacity', detail === undefined || detail === 'NONE' ? undefined : capacityOf(plans, reads, detail)),
  };
};
