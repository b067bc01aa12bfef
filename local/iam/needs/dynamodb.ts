import { arn, type Here, type Input, listOf, type NeedsOf, need, recordOf, textOf } from './need.ts';

/** A table is named, or given by its ARN. */
const tableArn = (here: Here, name: string): string =>
  name.startsWith('arn:') ? name : arn(here, 'dynamodb', `table/${name || '*'}`);

const table = (input: Input, here: Here): string => tableArn(here, textOf(input, 'TableName'));

/** The values of the partition key that a call concerns: the condition key dynamodb:LeadingKeys (Developer Guide, "Using conditions"). */
const leading = (
  { hashKeyOf }: Here,
  name: string,
  entries: readonly Input[],
): { 'dynamodb:LeadingKeys'?: readonly string[] } => {
  const key = hashKeyOf(name.slice(name.lastIndexOf('/') + 1));
  if (key === undefined) return {};
  const values = entries.flatMap((entry) => Object.values(recordOf(entry, key)).filter((value) => typeof value === 'string'));
  return values.length === 0 ? {} : { 'dynamodb:LeadingKeys': [...new Set(values)] };
};

/** On one item: the one that is written, or the one whose key is given. */
const onItem = (action: string, member: 'Item' | 'Key') => (input: Input, here: Here) => [
  need(`dynamodb:${action}`, table(input, here), leading(here, textOf(input, 'TableName'), [recordOf(input, member)])),
];

const onTable = (action: string) => (input: Input, here: Here) => [need(`dynamodb:${action}`, table(input, here))];

/** A read of an index needs the permission on the index, and none on its table. */
const onTableOrIndex = (action: string) => (input: Input, here: Here) => {
  const index = textOf(input, 'IndexName');
  return [need(`dynamodb:${action}`, index === '' ? table(input, here) : `${table(input, here)}/index/${index}`)];
};

const batch = (action: string) => (input: Input, here: Here) =>
  Object.keys(recordOf(input, 'RequestItems')).map((name) => need(`dynamodb:${action}`, tableArn(here, name)));

const WRITES: readonly (readonly [string, string])[] = [
  ['Put', 'PutItem'],
  ['Update', 'UpdateItem'],
  ['Delete', 'DeleteItem'],
  ['ConditionCheck', 'ConditionCheckItem'],
];

const tagged = (action: string) => (input: Input, here: Here) => [
  need(`dynamodb:${action}`, textOf(input, 'ResourceArn') || arn(here, 'dynamodb', 'table/*')),
];

/** Service Authorization Reference, "Amazon DynamoDB"; transactions: Developer Guide, "Using IAM with DynamoDB transactions". */
export const dynamoDbNeeds: NeedsOf = {
  BatchGetItem: batch('BatchGetItem'),
  BatchWriteItem: batch('BatchWriteItem'),
  CreateTable: onTable('CreateTable'),
  DeleteItem: onItem('DeleteItem', 'Key'),
  DeleteTable: onTable('DeleteTable'),
  DescribeContinuousBackups: onTable('DescribeContinuousBackups'),
  DescribeTable: onTable('DescribeTable'),
  DescribeTimeToLive: onTable('DescribeTimeToLive'),
  GetItem: onItem('GetItem', 'Key'),
  ListTables: () => [need('dynamodb:ListTables', '*')],
  ListTagsOfResource: tagged('ListTagsOfResource'),
  PutItem: onItem('PutItem', 'Item'),
  Query: onTableOrIndex('Query'),
  Scan: onTableOrIndex('Scan'),
  TagResource: tagged('TagResource'),
  TransactGetItems: (input, here) =>
    listOf(input, 'TransactItems').map((item) => need('dynamodb:GetItem', table(recordOf(item, 'Get'), here))),
  TransactWriteItems: (input, here) =>
    listOf(input, 'TransactItems').flatMap((item) =>
      WRITES.filter(([member]) => item[member] !== undefined).flatMap(([member, action]) =>
        onItem(action, member === 'Put' ? 'Item' : 'Key')(recordOf(item, member), here),
      ),
    ),
  UntagResource: tagged('UntagResource'),
  UpdateContinuousBackups: onTable('UpdateContinuousBackups'),
  UpdateItem: onItem('UpdateItem', 'Key'),
  UpdateTable: onTable('UpdateTable'),
  UpdateTimeToLive: onTable('UpdateTimeToLive'),
};
