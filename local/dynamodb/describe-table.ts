import { withMember } from './capacity.ts';
import type { KeySchema, Projection, Throughput } from './schema.ts';
import type { Index, Table } from './table.ts';

export type TableStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING';

/** Times of DynamoDB's JSON are seconds with milliseconds as their fraction. */
export const seconds = (milliseconds: number): number => milliseconds / 1000;

/** What AWS keeps warm for a table of its own accord (as in its recorded answers). */
const ON_DEMAND_WARM: Throughput = { read: 12_000, write: 4_000 };

const describeKeys = ({ hash, range }: KeySchema) => [
  { AttributeName: hash.name, KeyType: 'HASH' },
  ...(range === undefined ? [] : [{ AttributeName: range.name, KeyType: 'RANGE' }]),
];

const describeProjection = ({ type, attributes }: Projection) => ({
  ProjectionType: type,
  ...(type === 'INCLUDE' ? { NonKeyAttributes: attributes } : {}),
});

const describeThroughput = ({ read, write }: Throughput) => ({
  NumberOfDecreasesToday: 0,
  ReadCapacityUnits: read,
  WriteCapacityUnits: write,
});

const describeWarm = ({ read, write }: Throughput, status: TableStatus) => ({
  ReadUnitsPerSecond: read,
  WriteUnitsPerSecond: write,
  Status: status === 'ACTIVE' ? 'ACTIVE' : 'UPDATING',
});

/** What is warm without being asked for. Answers to a change, unlike DescribeTable's, do not tell it. */
const defaultWarm = ({ settings }: Table, own: Throughput, status: TableStatus) => {
  if (status !== 'ACTIVE') return undefined;
  return describeWarm(settings.billing === 'PAY_PER_REQUEST' ? ON_DEMAND_WARM : own, status);
};

const warmOf = (table: Table, status: TableStatus) => {
  const { warmThroughput, throughput } = table.settings;
  return warmThroughput === undefined ? defaultWarm(table, throughput, status) : describeWarm(warmThroughput, status);
};

const describeIndex = (table: Table, { definition, entries, bytes }: Index) => ({
  IndexName: definition.name,
  KeySchema: describeKeys(definition.schema),
  Projection: describeProjection(definition.projection),
  IndexSizeBytes: bytes,
  ItemCount: entries.size,
  IndexArn: `${table.arn}/index/${definition.name}`,
});

const describeGlobalIndex = (table: Table, index: Index, status: TableStatus) => ({
  ...describeIndex(table, index),
  IndexStatus: status,
  ProvisionedThroughput: describeThroughput(index.definition.throughput),
  ...withMember('WarmThroughput', defaultWarm(table, index.definition.throughput, status)),
});

const someOf = <T>(members: readonly T[]): readonly T[] | undefined => (members.length === 0 ? undefined : members);

const describeBilling = ({ settings }: Table, status: TableStatus) => {
  if (settings.billing !== 'PAY_PER_REQUEST') return undefined;
  const since = settings.payPerRequestSince;
  return {
    BillingMode: 'PAY_PER_REQUEST',
    ...(status === 'CREATING' || since === undefined ? {} : { LastUpdateToPayPerRequestDateTime: seconds(since) }),
  };
};

/** Members of a TableDescription that DeleteTable's answer, too, still tells. */
const describeRemains = (table: Table, status: TableStatus) => ({
  TableName: table.name,
  TableArn: table.arn,
  TableId: table.id,
  TableStatus: status,
  ItemCount: table.items.size,
  TableSizeBytes: table.bytes,
  ProvisionedThroughput: describeThroughput(table.settings.throughput),
  DeletionProtectionEnabled: table.settings.deletionProtected,
});

export const describeDeleted = (table: Table) => ({
  ...describeRemains(table, 'DELETING'),
  ...withMember('BillingModeSummary', describeBilling(table, 'DELETING')),
});

/**
 * A TableDescription. Counts and sizes are of this moment, where AWS's are up to six hours old. `building`: the global index
 * that this UpdateTable has just begun.
 */
export const describeTable = (table: Table, status: TableStatus, building?: string) => {
  const indexes = [...table.indexes.values()];
  const local = indexes.filter((index) => index.definition.kind === 'local');
  const global = indexes.filter((index) => index.definition.kind === 'global');
  const statusOf = (index: Index): TableStatus => {
    if (status === 'CREATING' || index.definition.name === building) return 'CREATING';
    return 'ACTIVE';
  };
  const { attributes, tableClass } = table.settings;
  return {
    ...describeRemains(table, status),
    AttributeDefinitions: [...attributes].map(([name, type]) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: describeKeys(table.schema),
    CreationDateTime: seconds(table.createdAt),
    ...withMember('BillingModeSummary', describeBilling(table, status)),
    ...withMember('LocalSecondaryIndexes', someOf(local.map((index) => describeIndex(table, index)))),
    ...withMember('GlobalSecondaryIndexes', someOf(global.map((index) => describeGlobalIndex(table, index, statusOf(index))))),
    ...withMember('TableClassSummary', tableClass && { TableClass: tableClass }),
    ...withMember('WarmThroughput', warmOf(table, status)),
  };
};
