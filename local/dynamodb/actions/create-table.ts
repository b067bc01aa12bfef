import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { describeTable } from '../describe-table.ts';
import { invalidParameter, unsupported, validationError } from '../errors.ts';
import { arnOfTable, newTableName } from '../request-members.ts';
import type { Throughput } from '../schema.ts';
import { readAttributeTypes, readIndexes, readKeySchema, readThroughput } from '../schema-requests.ts';
import { boolean, list, optional, type Reader, readInput, refused, structure } from '../shape.ts';
import { type DynamoDbStore, findTable } from '../store.ts';
import { newTable, type TableSettings } from '../table.ts';
import {
  attributeDefinitions,
  billingMode,
  globalIndex,
  keySchema,
  localIndex,
  tableClass,
  tag,
  throughput,
  warmThroughput,
} from '../table-members.ts';
import { randomUuid } from '../uuid.ts';

/** Streams and keys of one's own are not there; to ask for none of them is no harm. */
const disabledOnly =
  (name: string, flag: string): Reader<undefined> =>
  (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Object.entries(value).every(([member, setting]) => member === flag && setting === false)) return undefined;
    throw unsupported(name);
  };

const request = structure({
  TableName: newTableName,
  AttributeDefinitions: attributeDefinitions,
  KeySchema: keySchema,
  BillingMode: optional(billingMode),
  ProvisionedThroughput: optional(throughput),
  LocalSecondaryIndexes: optional(list(localIndex)),
  GlobalSecondaryIndexes: optional(list(globalIndex)),
  Tags: optional(list(tag)),
  DeletionProtectionEnabled: optional(boolean),
  TableClass: optional(tableClass),
  WarmThroughput: optional(warmThroughput),
  StreamSpecification: disabledOnly('StreamSpecification', 'StreamEnabled'),
  SSESpecification: disabledOnly('SSESpecification', 'Enabled'),
  OnDemandThroughput: refused,
  ResourcePolicy: refused,
});

type Request = ReturnType<typeof request>;

const readTableThroughput = ({ BillingMode, ProvisionedThroughput }: Request): Throughput => {
  if (BillingMode === 'PAY_PER_REQUEST') {
    if (ProvisionedThroughput === undefined) return { read: 0, write: 0 };
    throw invalidParameter(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    );
  }
  if (ProvisionedThroughput !== undefined) return readThroughput(ProvisionedThroughput);
  throw invalidParameter('ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED');
};

const readSettings = (input: Request, now: number): TableSettings => {
  const billing = input.BillingMode ?? 'PROVISIONED';
  const warm = input.WarmThroughput;
  return {
    throughput: readTableThroughput(input),
    attributes: readAttributeTypes(input.AttributeDefinitions),
    billing,
    payPerRequestSince: billing === 'PAY_PER_REQUEST' ? now : undefined,
    warmThroughput: warm && { read: warm.ReadUnitsPerSecond ?? 0, write: warm.WriteUnitsPerSecond ?? 0 },
    deletionProtected: input.DeletionProtectionEnabled ?? false,
    tableClass: input.TableClass,
  };
};

/** Answers CREATING, as AWS does; the table can be used, and is described as ACTIVE, from the next call on. */
export const createTable: Action<DynamoDbStore> = (store, input) => {
  if (input['TableName'] === undefined) {
    throw validationError("The parameter 'TableName' is required but was not present in the request");
  }
  const read = readInput(request, input);
  const settings = readSettings(read, store.clock.now());
  const schema = readKeySchema(read.KeySchema, settings.attributes);
  const indexes = readIndexes(read, schema, settings.billing, settings.attributes);
  const name = read.TableName;
  if (findTable(store, name) !== undefined) throw new AwsError('ResourceInUseException', `Table already exists: ${name}`);
  const identity = { name, arn: arnOfTable(store.place, name), id: randomUuid(store.random), createdAt: store.clock.now() };
  const table = newTable({ ...identity, schema, settings }, indexes);
  for (const { Key, Value } of read.Tags ?? []) table.tags.set(Key, Value);
  store.tables.set(name, table);
  return { TableDescription: describeTable(table, 'CREATING') };
};
