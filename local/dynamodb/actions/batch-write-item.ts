import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { readItem } from '../attribute-value.ts';
import { addUsage, type CapacityDetail, consumedCapacity, type Usage, withMember } from '../capacity.ts';
import { entryKey, tieOf } from '../entry-key.ts';
import { validationError } from '../errors.ts';
import { collectionMetrics } from '../item-collections.ts';
import { keyMismatch } from '../keys.ts';
import { returnConsumedCapacity, returnItemCollectionMetrics, tableName } from '../request-members.ts';
import { anything, list, map, optional, readInput, structure } from '../shape.ts';
import { type DynamoDbStore, tableOf } from '../store.ts';
import type { Table } from '../table.ts';
import { deleteOf, putOf, refuseLargeItem } from '../write-requests.ts';
import { perform, refuseOutright, usageOf, type Write, type Written } from '../writes.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MAX_WRITES = 25;

const writeRequest = structure({
  PutRequest: optional(structure({ Item: anything })),
  DeleteRequest: optional(structure({ Key: anything })),
});

const request = structure({
  RequestItems: map(list(writeRequest)),
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
});

type WriteRequest = ReturnType<typeof writeRequest>;

const COUNT_RULE =
  'Map value must satisfy constraint: [Member must have length less than or equal to 25, ' +
  'Member must have length greater than or equal to 1]';

const checkCounts = (requests: Readonly<Record<string, readonly WriteRequest[]>>): void => {
  const entries = Object.entries(requests);
  const invalid = (value: string, rule: string) =>
    validationError(`1 validation error detected: Value '${value}' at 'requestItems' failed to satisfy constraint: ${rule}`);
  if (entries.length === 0) throw validationError('The requestItems parameter is required for BatchWriteItem');
  const wrong = entries.find(([, writes]) => writes.length < 1 || writes.length > MAX_WRITES);
  if (wrong !== undefined) throw invalid(`{${wrong[0]}=[${wrong[1].map(() => 'WriteRequest').join(', ')}]}`, COUNT_RULE);
  if (entries.reduce((count, [, writes]) => count + writes.length, 0) > MAX_WRITES) {
    throw validationError('Too many items requested for the BatchWriteItem call');
  }
};

const readWrite = (name: string, { PutRequest, DeleteRequest }: WriteRequest): Write => {
  const conditional = { tableName: name, condition: undefined, showsRefusing: false };
  if (PutRequest !== undefined && DeleteRequest === undefined) {
    const item = readItem(PutRequest.Item);
    refuseLargeItem(item);
    return putOf(item, conditional);
  }
  if (DeleteRequest !== undefined && PutRequest === undefined) return deleteOf(readItem(DeleteRequest.Key), conditional);
  throw validationError(
    'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
  );
};

/** A batch says of any wrong table key what a read would say of it. */
const check = (table: Table, write: Write): void => {
  refuseOutright(table, write);
  try {
    write.check(table);
  } catch (error) {
    const isKey = error instanceof AwsError && /Missing the key|Type mismatch for key/.test(error.message);
    throw isKey ? keyMismatch() : error;
  }
};

interface Planned {
  readonly name: string;
  readonly table: Table;
  readonly writes: readonly Write[];
}

const plan = (store: DynamoDbStore, name: string, requests: readonly WriteRequest[]): Planned => {
  const writes = requests.map((one) => readWrite(name, one));
  const table = tableOf(store, tableName(name, { path: 'requestItems', problems: [] }));
  for (const write of writes) check(table, write);
  const keys = writes.map((write) => tieOf(entryKey(write.given, table.schema)).toString('hex'));
  if (new Set(keys).size < keys.length) throw validationError('Provided list of item keys contains duplicates');
  return { name, table, writes };
};

const NOTHING: Usage = { table: 0, indexes: {} };

interface Outcome extends Planned {
  readonly written: readonly Written[];
}

const capacityOf = (outcomes: readonly Outcome[], detail: CapacityDetail) => {
  const used = outcomes.map(({ table, written }) =>
    consumedCapacity(table, written.map((one) => usageOf(one)).reduce(addUsage, NOTHING), detail),
  );
  return detail === undefined || detail === 'NONE' ? undefined : used;
};

const metricsOf = (outcomes: readonly Outcome[], wanted: 'SIZE' | 'NONE' | undefined) => {
  const entries = outcomes.map(({ name, table, writes, written }) => {
    const metrics = written.map(({ key }, index) => collectionMetrics(table, key, writes[index]?.given ?? {}, wanted));
    return [name, metrics.filter((metric) => metric !== undefined)] as const;
  });
  const present = entries.filter(([, metrics]) => metrics.length > 0);
  return present.length === 0 ? undefined : Object.fromEntries(present);
};

/** Up to 25 puts and deletes, each on its own: nothing is left unprocessed here. */
export const batchWriteItem: Action<DynamoDbStore> = (store, input) => {
  const read = readInput(request, input);
  checkCounts(read.RequestItems);
  const plans = Object.entries(read.RequestItems).map(([name, writes]) => plan(store, name, writes));
  const outcomes = plans.map((planned) => ({
    ...planned,
    written: planned.writes.map((write) => perform(planned.table, write)),
  }));
  return {
    UnprocessedItems: {},
    ...withMember('ConsumedCapacity', capacityOf(outcomes, read.ReturnConsumedCapacity)),
    ...withMember('ItemCollectionMetrics', metricsOf(outcomes, read.ReturnItemCollectionMetrics)),
  };
};
