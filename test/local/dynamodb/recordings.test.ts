import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Answer, type Cloud, newCloud, schemaOf } from './cloud.ts';

/** Answers of AWS itself, recorded by the LocalStack project; they lie beside the project and are not part of it. */
const FILE = '../shared/recordings/dynamodb.json';
const isThere = existsSync(FILE);
const recordings: Answer = isThere ? JSON.parse(readFileSync(FILE, 'utf8')) : {};

const recorded = (name: string): Answer => {
  const entry = recordings[`tests/aws/services/dynamodb/test_dynamodb.py::TestDynamoDB::${name}`];
  if (entry === undefined) throw new Error(`nothing is recorded for ${name}`);
  return entry['recorded-content'];
};

/** What a recording hides: ids, names, accounts and times. */
const masked = (text: string): RegExp =>
  new RegExp(
    `^${text
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/<[^>]*>/g, '.+')
      .replace(/111111111111/g, '\\d{12}')}$`,
  );

/** The recording as a pattern for what we answer. */
const pattern = (value: Answer): Answer => {
  if (value === 'datetime') return expect.any(Number);
  if (typeof value === 'string') return expect.stringMatching(masked(value));
  if (Array.isArray(value)) return value.map(pattern);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => name !== 'ResponseMetadata');
  return Object.fromEntries(members.map(([name, member]) => [name, pattern(member)]));
};

const refusedAs = (cloud: Cloud, action: string, input: object) => {
  const { code, message, details } = cloud.refusal(action, input);
  return { Error: { Code: code, Message: message }, ...details };
};

/** An error as botocore prints it. */
const printed = (cloud: Cloud, action: string, input: object) => {
  const { code, message } = cloud.refusal(action, input);
  return `An error occurred (${code}) when calling the ${action} operation: ${message}`;
};

/** Of a recorded error, what belongs to the answer's body. */
const errorIn = ({ message: _copy, ...error }: Answer): Answer => pattern(error);

const id = [{ AttributeName: 'id', AttributeType: 'S' }];
const five = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };
const table = { TableName: 'recorded', AttributeDefinitions: id, KeySchema: schemaOf('id'), ProvisionedThroughput: five };
const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/recorded';

const withTable = (): Cloud => {
  const cloud = newCloud();
  cloud.call('CreateTable', table);
  return cloud;
};

describe.skipIf(!isThere)('as recorded from AWS (skipped where the recordings are not beside the project)', () => {
  it('tables are created, described and deleted', () => {
    const cloud = newCloud();
    const expected = recorded('test_table_crud');
    expect(cloud.call('CreateTable', table)).toEqual(pattern(expected['create-table']));
    expect(cloud.call('DescribeTable', { TableName: 'recorded' })).toEqual(pattern(expected['describe-table']));
    expect(cloud.call('DeleteTable', { TableName: 'recorded' })).toEqual(pattern(expected['delete-table']));
    expect(refusedAs(cloud, 'DeleteTable', { TableName: 'non-existent' })).toEqual(
      errorIn(expected['delete-non-existent-table']),
    );
  });

  it('a table is created once', () => {
    expect(printed(withTable(), 'CreateTable', table)).toMatch(masked(recorded('test_create_duplicate_table').Error));
  });

  it('a table keeps warm what it was told to', () => {
    const cloud = newCloud();
    const expected = recorded('test_table_warm_throughput');
    const WarmThroughput = { ReadUnitsPerSecond: 1000, WriteUnitsPerSecond: 1200 };
    expect(cloud.call('CreateTable', { ...table, WarmThroughput })).toEqual(pattern(expected['create-table']));
    expect(cloud.call('DescribeTable', { TableName: 'recorded' })).toEqual(pattern(expected['describe-table']));
  });

  it.each(['PAY_PER_REQUEST', 'PROVISIONED'])('a table with an index is described, %s', (BillingMode) => {
    const cloud = newCloud();
    const expected = recorded(`test_gsi_with_billing_mode[${BillingMode}]`);
    const isProvisioned = BillingMode === 'PROVISIONED';
    const index = { IndexName: 'TransactionRecordID', KeySchema: schemaOf('TRID'), Projection: { ProjectionType: 'ALL' } };
    const created = cloud.call('CreateTable', {
      TableName: 'recorded',
      KeySchema: schemaOf('TID'),
      AttributeDefinitions: ['TID', 'TRID'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      BillingMode,
      ...(isProvisioned ? { ProvisionedThroughput: five } : {}),
      GlobalSecondaryIndexes: [
        { ...index, ...(isProvisioned ? { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } } : {}) },
      ],
    });
    expect(created).toEqual(pattern(expected['create-table-with-gsi']));
    expect(cloud.call('DescribeTable', { TableName: 'recorded' })).toEqual(pattern(expected['describe-table']));
  });

  it('on demand, capacity is not provisioned', () => {
    const input = { ...table, BillingMode: 'PAY_PER_REQUEST' };
    expect(printed(newCloud(), 'CreateTable', input)).toBe(recorded('test_dynamodb_pay_per_request').Error);
  });

  it('point-in-time recovery is turned on and described', () => {
    const cloud = withTable();
    const expected = recorded('test_continuous_backup_update');
    const update = { TableName: 'recorded', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
    expect(cloud.call('UpdateContinuousBackups', update)).toEqual(pattern(expected['update-continuous-backup']));
    expect(cloud.call('DescribeContinuousBackups', { TableName: 'recorded' })).toEqual(
      pattern(expected['describe-continuous-backup']),
    );
  });

  it('a put returns the old item if asked', () => {
    const cloud = withTable();
    const expected = recorded('test_return_values_in_put_item');
    const putItem = (Item: object, more: object = {}) => cloud.call('PutItem', { TableName: 'recorded', Item, ...more });
    const old = { ReturnValues: 'ALL_OLD' };
    const first = { id: { S: 'id1' }, data: { S: 'foobar' } };
    const second = { id: { S: 'id2' }, data: { S: 'foobar' } };
    expect(putItem(first, old)).toEqual(pattern(expected.PutFirstItem));
    expect(putItem(first, old)).toEqual(pattern(expected.PutFirstItemOLD));
    expect(putItem({ ...first, data: { S: 'foobarbaz' } }, old)).toEqual(pattern(expected.PutFirstItemB));
    expect(putItem(second, old)).toEqual(pattern(expected.PutSecondItem));
    expect(putItem(second)).toEqual(pattern(expected.PutSecondItemReturnNone));
  });

  it('empty and binary values are kept', () => {
    const cloud = withTable();
    const expected = recorded('test_empty_and_binary_values');
    const putItem = (data: object) => cloud.call('PutItem', { TableName: 'recorded', Item: { id: { S: 'id1' }, data } });
    expect(putItem({ S: '' })).toEqual(pattern(expected.PutFirstItem));
    expect(putItem({ B: 'AJA=' })).toEqual(pattern(expected.PutSecondItem));
  });

  it('a refused write shows the item that refused it', () => {
    const cloud = withTable();
    const expected = recorded('test_return_values_on_conditions_check_failure').items;
    cloud.call('PutItem', { TableName: 'recorded', Item: expected.Item });
    const refusal = refusedAs(cloud, 'DeleteItem', {
      TableName: 'recorded',
      Key: { id: expected.Item.id },
      ConditionExpression: 'price BETWEEN :lo AND :hi',
      ExpressionAttributeValues: { ':lo': { N: '500' }, ':hi': { N: '600' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    expect(refusal).toEqual(errorIn(expected));
  });

  it('a local index of keys projects keys', () => {
    const cloud = newCloud();
    const expected = recorded('test_valid_local_secondary_index').Items;
    const names = ['PK', 'SK', 'LSI1SK'];
    cloud.call('CreateTable', {
      TableName: 'recorded',
      KeySchema: schemaOf('PK', 'SK'),
      AttributeDefinitions: names.map((AttributeName) => ({
        AttributeName,
        AttributeType: AttributeName === 'LSI1SK' ? 'N' : 'S',
      })),
      LocalSecondaryIndexes: [
        { IndexName: 'LSI1', KeySchema: schemaOf('PK', 'LSI1SK'), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
      ProvisionedThroughput: five,
    });
    cloud.call('PutItem', { TableName: 'recorded', Item: { ...expected.Items[0], more: { S: 'not projected' } } });
    const query = {
      TableName: 'recorded',
      IndexName: 'LSI1',
      KeyConditionExpression: 'PK = :v1',
      ExpressionAttributeValues: { ':v1': { S: 'test one' } },
    };
    expect(cloud.call('Query', query)).toEqual(pattern(expected));
  });

  it('batches write and read', () => {
    const cloud = withTable();
    const keys = { RequestItems: { recorded: { Keys: [{ id: { S: 'absent' } }] } } };
    const got = cloud.call('BatchGetItem', keys);
    // The recording's key is the masked name of its table.
    const expected = recorded('test_dynamodb_get_batch_items').Response;
    expect([Object.values(got.Responses), got.UnprocessedKeys]).toEqual([
      Object.values(expected.Responses),
      expected.UnprocessedKeys,
    ]);
    const write = { RequestItems: { recorded: [{ PutRequest: { Item: { id: { S: 'a' }, data: { B: 'kA==' } } } }] } };
    expect(cloud.call('BatchWriteItem', write)).toEqual(pattern(recorded('test_batch_write_items').BatchWriteResponse));
    expect(cloud.call('BatchWriteItem', write)).toEqual(pattern(recorded('test_batch_write_binary').Response));
  });

  it('a batch refuses what has no key of the table’s', () => {
    const write = { RequestItems: { recorded: [{ PutRequest: { Item: { data: { S: 'a' } } } }] } };
    expect(printed(withTable(), 'BatchWriteItem', write)).toBe(
      recorded('test_batch_write_not_matching_schema').ValidationException,
    );
  });

  it('transactions write, by the table’s name or ARN', () => {
    const cloud = withTable();
    const expected = recorded('test_transaction_write_items');
    const write = (TableName: string) => {
      const put = { Put: { TableName, Item: { id: { S: 'put' } } } };
      const values = { ExpressionAttributeValues: { ':v': { S: 'x' } } };
      const update = { Update: { TableName, Key: { id: { S: 'update' } }, UpdateExpression: 'SET attr1 = :v', ...values } };
      return cloud.call('TransactWriteItems', {
        TransactItems: [put, update, { Delete: { TableName, Key: { id: { S: 'delete' } } } }],
      });
    };
    expect(write('recorded')).toEqual(pattern(expected.Response));
    expect(write(ARN)).toEqual(pattern(expected.Response_using_table_arn));
  });

  it('a cancelled transaction tells its reasons in order', () => {
    const cloud = withTable();
    const condition = { ConditionExpression: 'attribute_exists(id)' };
    const TransactItems = [
      { ConditionCheck: { TableName: 'recorded', Key: { id: { S: 'absent' } }, ...condition } },
      { Put: { TableName: 'recorded', Item: { id: { S: 'new' } } } },
    ];
    expect(printed(cloud, 'TransactWriteItems', { TransactItems })).toBe(recorded('test_transaction_write_canceled').Error);
  });

  it('a transaction refuses a table that is not there', () => {
    const TransactItems = [{ Put: { TableName: 'absent', Item: { id: { S: 'a' } } } }];
    const expected = recorded('test_batch_write_not_existing_table')['exc-not-found-transact-write-items'];
    expect(refusedAs(newCloud(), 'TransactWriteItems', { TransactItems })).toEqual(errorIn(expected));
  });

  it('transactions read, by the table’s name or ARN', () => {
    const cloud = withTable();
    const expected = recorded('test_transact_get_items');
    const read = (TableName: string, Key: object) => {
      cloud.call('PutItem', { TableName, Item: Key });
      return cloud.call('TransactGetItems', { TransactItems: [{ Get: { TableName, Key } }] });
    };
    expect(read('recorded', { id: { S: 'John' } })).toEqual(pattern(expected.TransactGetItems));
    expect(read(ARN, { id: { S: 'Sarah' } })).toEqual(pattern(expected['TransactGetItems-with-TableArn']));
  });

  it('a transaction repeated under its token is answered as before', () => {
    const cloud = withTable();
    const expected = recorded('test_dynamodb_idempotent_writing');
    const TransactItems = [{ Put: { TableName: 'recorded', Item: { id: { S: 'a' } } } }];
    const write = () => cloud.call('TransactWriteItems', { TransactItems, ClientRequestToken: 'dedupe_token' });
    expect(write()).toEqual(pattern(expected.Response1));
    expect(write()).toEqual(pattern(expected.Response2));
  });
});

describe('what is recorded but not supported is refused by name', () => {
  it.each([
    ['StreamSpecification', { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }],
    ['SSESpecification', { Enabled: true }],
  ])('%s', (name, value) => {
    expect(newCloud().refusal('CreateTable', { ...table, [name]: value }).message).toBe(
      `The parameter '${name}' is not supported by the local cloud`,
    );
  });
});
