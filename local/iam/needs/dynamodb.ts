import { arn, type Input, listOf, type NeedsOf, need, recordOf, textOf } from './need.ts';

/** A table is named, or given by its ARN. */
const tableArn = (name: string): string => (name.startsWith('arn:') ? name : arn('dynamodb', `table/${name || '*'}`));

const table = (input: Input): string => tableArn(textOf(input, 'TableName'));

const onTable = (action: string) => (input: Input) => [need(`dynamodb:${action}`, table(input))];

/** A read of an index needs the permission on the index, and none on its table. */
const onTableOrIndex = (action: string) => (input: Input) => {
  const index = textOf(input, 'IndexName');
  return [need(`dynamodb:${action}`, index === '' ? table(input) : `${table(input)}/index/${index}`)];
};

const batch = (action: string) => (input: Input) =>
  Object.keys(recordOf(input, 'RequestItems')).map((name) => need(`dynamodb:${action}`, tableArn(name)));

const WRITES: readonly (readonly [string, string])[] = [
  ['Put', 'PutItem'],
  ['Update', 'UpdateItem'],
  ['Delete', 'DeleteItem'],
  ['ConditionCheck', 'ConditionCheckItem'],
];

const tagged = (action: string) => (input: Input) => [
  need(`dynamodb:${action}`, textOf(input, 'ResourceArn') || arn('dynamodb', 'table/*')),
];

/** Service Authorization Reference, "Amazon DynamoDB"; transactions: Developer Guide, "Using IAM with DynamoDB transactions". */
export const dynamoDbNeeds: NeedsOf = {
  BatchGetItem: batch('BatchGetItem'),
  BatchWriteItem: batch('BatchWriteItem'),
  CreateTable: onTable('CreateTable'),
  DeleteItem: onTable('DeleteItem'),
  DeleteTable: onTable('DeleteTable'),
  DescribeContinuousBackups: onTable('DescribeContinuousBackups'),
  DescribeTable: onTable('DescribeTable'),
  DescribeTimeToLive: onTable('DescribeTimeToLive'),
  GetItem: onTable('GetItem'),
  ListTables: () => [need('dynamodb:ListTables', '*')],
  ListTagsOfResource: tagged('ListTagsOfResource'),
  PutItem: onTable('PutItem'),
  Query: onTableOrIndex('Query'),
  Scan: onTableOrIndex('Scan'),
  TagResource: tagged('TagResource'),
  TransactGetItems: (input) =>
    listOf(input, 'TransactItems').map((item) => need('dynamodb:GetItem', table(recordOf(item, 'Get')))),
  TransactWriteItems: (input) =>
    listOf(input, 'TransactItems').flatMap((item) =>
      WRITES.filter(([member]) => item[member] !== undefined).map(([member, action]) =>
        need(`dynamodb:${action}`, table(recordOf(item, member))),
      ),
    ),
  UntagResource: tagged('UntagResource'),
  UpdateContinuousBackups: onTable('UpdateContinuousBackups'),
  UpdateItem: onTable('UpdateItem'),
  UpdateTable: onTable('UpdateTable'),
  UpdateTimeToLive: onTable('UpdateTimeToLive'),
};
