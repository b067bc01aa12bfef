import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { describeTable } from '../describe-table.ts';
import { invalidParameter, validationError } from '../errors.ts';
import { indexName, tableName } from '../request-members.ts';
import { keyAttributes, type Throughput } from '../schema.ts';
import { readAttributeTypes, readGlobalIndex, readThroughput } from '../schema-requests.ts';
import { boolean, list, optional, readInput, refused, structure } from '../shape.ts';
import { type DynamoDbStore, namedTable } from '../store.ts';
import { addIndex, indexDefinitions, type Table, type TableSettings } from '../table.ts';
import { attributeDefinitions, billingMode, globalIndex, tableClass, throughput } from '../table-members.ts';

const indexUpdate = structure({
  Create: optional(globalIndex),
  Delete: optional(structure({ IndexName: indexName })),
  Update: optional(structure({ IndexName: indexName, ProvisionedThroughput: throughput })),
});

const request = structure({
  TableName: tableName,
  AttributeDefinitions: optional(attributeDefinitions),
  BillingMode: optional(billingMode),
  ProvisionedThroughput: optional(throughput),
  GlobalSecondaryIndexUpdates: optional(list(indexUpdate)),
  DeletionProtectionEnabled: optional(boolean),
  TableClass: optional(tableClass),
  StreamSpecification: refused,
  SSESpecification: refused,
  ReplicaUpdates: refused,
  OnDemandThroughput: refused,
  WarmThroughput: refused,
});

type Request = ReturnType<typeof request>;
type IndexUpdate = ReturnType<typeof indexUpdate>;

const refuseNothing = (input: Request): void => {
  const changes = [
    input.BillingMode,
    input.ProvisionedThroughput,
    input.DeletionProtectionEnabled,
    input.TableClass,
    input.GlobalSecondaryIndexUpdates?.[0],
  ];
  if (changes.some((change) => change !== undefined)) return;
  throw validationError(
    'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or ' +
      'SSESpecification or ReplicaUpdates is required',
  );
};

const refuseSameThroughput = (current: Throughput, requested: Throughput): void => {
  if (current.read !== requested.read || current.write !== requested.write) return;
  throw validationError(
    'The provisioned throughput for the table will not change. The requested value equals the current value. ' +
      `Current ReadCapacityUnits provisioned for the table: ${current.read}. Requested ReadCapacityUnits: ${requested.read}. ` +
      `Current WriteCapacityUnits provisioned for the table: ${current.write}. Requested WriteCapacityUnits: ${requested.write}. ` +
      'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
  );
};

const updatedSettings = (table: Table, input: Request, now: number): TableSettings => {
  const { settings } = table;
  const billing = input.BillingMode ?? settings.billing;
  if (input.BillingMode === 'PROVISIONED' && input.ProvisionedThroughput === undefined) {
    throw invalidParameter('ProvisionedThroughput must be specified when BillingMode is PROVISIONED');
  }
  if (billing === 'PAY_PER_REQUEST' && input.ProvisionedThroughput !== undefined) {
    const rule = 'can be specified when BillingMode is PAY_PER_REQUEST';
    throw invalidParameter(`Neither ReadCapacityUnits nor WriteCapacityUnits ${rule}`);
  }
  const given = input.ProvisionedThroughput && readThroughput(input.ProvisionedThroughput);
  if (given !== undefined && billing === settings.billing) refuseSameThroughput(settings.throughput, given);
  return {
    ...settings,
    billing,
    payPerRequestSince: billing !== settings.billing && billing === 'PAY_PER_REQUEST' ? now : settings.payPerRequestSince,
    throughput: billing === 'PAY_PER_REQUEST' ? { read: 0, write: 0 } : (given ?? settings.throughput),
    attributes: new Map([...settings.attributes, ...readAttributeTypes(input.AttributeDefinitions ?? [])]),
    deletionProtected: input.DeletionProtectionEnabled ?? settings.deletionProtected,
    tableClass: input.TableClass ?? settings.tableClass,
  };
};

const refuseMissing = (table: Table, name: string): void => {
  if (table.indexes.get(name)?.definition.kind === 'global') return;
  throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
};

/** Checks one index update against the table and answers what carries it out. */
const planIndexUpdate = (table: Table, update: IndexUpdate, settings: TableSettings): (() => void) => {
  if (update.Create !== undefined) {
    const definition = readGlobalIndex(update.Create, settings.billing, settings.attributes);
    if (table.indexes.has(definition.name)) {
      throw validationError(`Attempting to create an index which already exists: ${definition.name}`);
    }
    return () => addIndex(table, definition);
  }
  if (update.Delete !== undefined) {
    const { IndexName: name } = update.Delete;
    refuseMissing(table, name);
    return () => table.indexes.delete(name);
  }
  if (update.Update === undefined) {
    throw invalidParameter(
      'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null',
    );
  }
  const { IndexName: name, ProvisionedThroughput } = update.Update;
  refuseMissing(table, name);
  const given = readThroughput(ProvisionedThroughput);
  return () => changeThroughput(table, name, given);
};

/** Definitions of attributes that no key uses any more go with the index that did. */
const usedAttributes = (table: Table, { attributes }: TableSettings): TableSettings['attributes'] => {
  const schemas = [table.schema, ...indexDefinitions(table).map((index) => index.schema)];
  const used = new Set(schemas.flatMap(keyAttributes).map(({ name }) => name));
  return new Map([...attributes].filter(([name]) => used.has(name)));
};

const changeThroughput = (table: Table, name: string, given: Throughput): void => {
  const index = table.indexes.get(name);
  if (index !== undefined) table.indexes.set(name, { ...index, definition: { ...index.definition, throughput: given } });
};

/**
 * Billing, throughput, deletion protection, class and global indexes, of which AWS begins or drops one a call. Everything takes
 * effect at once; the answer says UPDATING, as on AWS.
 */
export const updateTable: Action<DynamoDbStore> = (store, input) => {
  const read = readInput(request, input);
  refuseNothing(read);
  const table = namedTable(store, read.TableName);
  const settings = updatedSettings(table, read, store.clock.now());
  const updates = read.GlobalSecondaryIndexUpdates ?? [];
  if (updates.filter((update) => update.Create !== undefined || update.Delete !== undefined).length > 1) {
    throw new AwsError(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    );
  }
  const steps = updates.map((update) => planIndexUpdate(table, update, settings));
  for (const step of steps) step();
  table.settings = { ...settings, attributes: usedAttributes(table, settings) };
  const building = updates.find((update) => update.Create !== undefined)?.Create?.IndexName;
  return { TableDescription: describeTable(table, 'UPDATING', building) };
};
