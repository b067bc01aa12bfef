import type { CallApi } from '../api.ts';
import {
  booleanProperty,
  generatedName,
  type NewResource,
  type ResourceType,
  structureProperty,
  textProperty,
} from '../resource-type.ts';
import { isRecord } from '../template.ts';

/** Properties that CreateTable takes under the same name. */
const SAME = [
  'AttributeDefinitions',
  'BillingMode',
  'GlobalSecondaryIndexes',
  'KeySchema',
  'LocalSecondaryIndexes',
  'OnDemandThroughput',
  'ProvisionedThroughput',
  'TableClass',
  'Tags',
  'WarmThroughput',
] as const;

export const awsDynamodbTable: ResourceType = {
  type: 'AWS::DynamoDB::Table',
  properties: [
    ...SAME,
    'DeletionProtectionEnabled',
    'PointInTimeRecoverySpecification',
    'SSESpecification',
    'StreamSpecification',
    'TableName',
    'TimeToLiveSpecification',
  ],
  async create(resource, { call }) {
    const TableName = textProperty(resource, 'TableName') ?? generatedName(resource);
    const { TableDescription } = await call('dynamodb', 'CreateTable', { TableName, ...createInput(resource) });
    await setTimeToLive(resource, TableName, call);
    await setPointInTimeRecovery(resource, TableName, call);
    return { ref: TableName, attributes: tableAttributes(TableDescription) };
  },
};

/** CloudFormation takes booleans as texts too. */
const isOn = (value: unknown): boolean => String(value) === 'true';

const createInput = (resource: NewResource) => {
  const { properties } = resource;
  const deletionProtection = booleanProperty(resource, 'DeletionProtectionEnabled');
  return {
    ...Object.fromEntries(SAME.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]])),
    ...(deletionProtection === undefined ? {} : { DeletionProtectionEnabled: deletionProtection }),
    ...(properties['SSESpecification'] === undefined ? {} : { SSESpecification: encryption(resource) }),
    ...(properties['StreamSpecification'] === undefined ? {} : { StreamSpecification: stream(resource) }),
  };
};

/** CloudFormation calls it SSEEnabled, DynamoDB Enabled. */
const encryption = (resource: NewResource) => {
  const { SSEEnabled, ...rest } = structureProperty(resource, 'SSESpecification', ['SSEEnabled', 'SSEType', 'KMSMasterKeyId']);
  return { Enabled: isOn(SSEEnabled), ...rest };
};

/** A template that names a stream has it enabled. */
const stream = (resource: NewResource) => ({
  StreamEnabled: true,
  ...structureProperty(resource, 'StreamSpecification', ['StreamViewType']),
});

const setTimeToLive = async (resource: NewResource, TableName: string, call: CallApi): Promise<void> => {
  const specification = structureProperty(resource, 'TimeToLiveSpecification', ['AttributeName', 'Enabled']);
  if (!isOn(specification['Enabled'])) return;
  await call('dynamodb', 'UpdateTimeToLive', { TableName, TimeToLiveSpecification: { ...specification, Enabled: true } });
};

const setPointInTimeRecovery = async (resource: NewResource, TableName: string, call: CallApi): Promise<void> => {
  const members = ['PointInTimeRecoveryEnabled', 'RecoveryPeriodInDays'];
  const specification = structureProperty(resource, 'PointInTimeRecoverySpecification', members);
  if (!isOn(specification['PointInTimeRecoveryEnabled'])) return;
  await call('dynamodb', 'UpdateContinuousBackups', {
    TableName,
    PointInTimeRecoverySpecification: { ...specification, PointInTimeRecoveryEnabled: true },
  });
};

const tableAttributes = (description: unknown): Readonly<Record<string, string>> => {
  const { TableArn, LatestStreamArn } = isRecord(description) ? description : {};
  return { Arn: String(TableArn), ...(LatestStreamArn === undefined ? {} : { StreamArn: String(LatestStreamArn) }) };
};
