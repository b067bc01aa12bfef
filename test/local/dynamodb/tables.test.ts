import { describe, expect, it } from 'vitest';
import { createTable, get, newCloud, put, schemaOf } from './cloud.ts';

const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/things';
const pk = { AttributeName: 'pk', AttributeType: 'S' };
const sk = { AttributeName: 'sk', AttributeType: 'S' };
const simple = { TableName: 'things', AttributeDefinitions: [pk], KeySchema: schemaOf('pk'), BillingMode: 'PAY_PER_REQUEST' };
const invalid = (problem: string) => `One or more parameter values were invalid: ${problem}`;

describe('tables', () => {
  it('are listed by name, page by page', () => {
    const cloud = newCloud();
    for (const name of ['ccc', 'aaa', 'bbb']) cloud.call('CreateTable', { ...simple, TableName: name });
    expect(cloud.call('ListTables', {})).toEqual({ TableNames: ['aaa', 'bbb', 'ccc'] });
    expect(cloud.call('ListTables', { Limit: 2 })).toEqual({ TableNames: ['aaa', 'bbb'], LastEvaluatedTableName: 'bbb' });
    expect(cloud.call('ListTables', { Limit: 2, ExclusiveStartTableName: 'bbb' })).toEqual({ TableNames: ['ccc'] });
  });

  it('count their items and bytes', () => {
    const cloud = newCloud();
    createTable(cloud);
    put(cloud, { pk: { S: 'abc' } });
    expect(cloud.call('DescribeTable', { TableName: 'things' }).Table).toMatchObject({
      ItemCount: 1,
      TableSizeBytes: 5,
      TableArn: ARN,
    });
  });

  it('that are protected cannot be deleted', () => {
    const cloud = newCloud();
    cloud.call('CreateTable', { ...simple, DeletionProtectionEnabled: true });
    expect(cloud.refusal('DeleteTable', { TableName: 'things' }).message).toBe(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    );
    cloud.call('UpdateTable', { TableName: 'things', DeletionProtectionEnabled: false });
    cloud.call('DeleteTable', { TableName: 'things' });
    expect(cloud.call('ListTables', {}).TableNames).toEqual([]);
  });

  it('change their billing', () => {
    const cloud = newCloud();
    createTable(cloud);
    const ProvisionedThroughput = { ReadCapacityUnits: 2, WriteCapacityUnits: 3 };
    const change = { TableName: 'things', BillingMode: 'PROVISIONED', ProvisionedThroughput };
    expect(cloud.call('UpdateTable', change).TableDescription.TableStatus).toBe('UPDATING');
    expect(cloud.call('DescribeTable', { TableName: 'things' }).Table).toMatchObject({
      TableStatus: 'ACTIVE',
      ProvisionedThroughput,
    });
    expect(cloud.refusal('UpdateTable', change).message).toMatch(/^The provisioned throughput for the table will not change\./);
  });

  it('drop an index and the definition only it used', () => {
    const cloud = newCloud();
    createTable(cloud, {
      types: { x: 'S' },
      extra: { GlobalSecondaryIndexes: [{ IndexName: 'by-x', KeySchema: schemaOf('x'), Projection: { ProjectionType: 'ALL' } }] },
    });
    const drop = { TableName: 'things', GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-x' } }] };
    cloud.call('UpdateTable', drop);
    const { Table } = cloud.call('DescribeTable', { TableName: 'things' });
    expect([Table.GlobalSecondaryIndexes, Table.AttributeDefinitions]).toEqual([undefined, [pk]]);
    expect(cloud.refusal('UpdateTable', drop).code).toBe('ResourceNotFoundException');
  });

  it.each([
    [{ ...simple, TableName: undefined }, "The parameter 'TableName' is required but was not present in the request"],
    [
      { ...simple, TableName: 'ab' },
      "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
    ],
    [
      { ...simple, BillingMode: undefined },
      invalid('ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED'),
    ],
    [
      { ...simple, AttributeDefinitions: [pk, sk] },
      invalid('Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions'),
    ],
    [
      { ...simple, KeySchema: schemaOf('sk') },
      invalid('Some index key attributes are not defined in AttributeDefinitions. Keys: [sk], AttributeDefinitions: [pk]'),
    ],
    [{ ...simple, KeySchema: schemaOf('pk', 'pk') }, 'Invalid KeySchema: Some index key attribute have no definition'],
    [
      { ...simple, KeySchema: [{ AttributeName: 'pk', KeyType: 'RANGE' }] },
      'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
    ],
    [
      {
        ...simple,
        AttributeDefinitions: [pk, sk],
        LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: schemaOf('pk', 'sk'), Projection: { ProjectionType: 'ALL' } }],
      },
      invalid('Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex'),
    ],
    [
      {
        ...simple,
        AttributeDefinitions: [pk, sk],
        GlobalSecondaryIndexes: [{ IndexName: 'global', KeySchema: schemaOf('sk'), Projection: {} }],
      },
      invalid('Unknown ProjectionType: null'),
    ],
    [
      { ...simple, StreamSpecification: { StreamEnabled: true } },
      "The parameter 'StreamSpecification' is not supported by the local cloud",
    ],
    [{ ...simple, SSESpecification: { Enabled: true } }, "The parameter 'SSESpecification' is not supported by the local cloud"],
  ])('are not made if %#', (input, problem) => {
    const refusal = newCloud().refusal('CreateTable', input);
    expect([refusal.code, refusal.message]).toEqual(['ValidationException', problem]);
  });
});

describe('tags', () => {
  it('are added, replaced, listed and taken away', () => {
    const cloud = newCloud();
    cloud.call('CreateTable', { ...simple, Tags: [{ Key: 'team', Value: 'a' }] });
    cloud.call('TagResource', {
      ResourceArn: ARN,
      Tags: [
        { Key: 'team', Value: 'b' },
        { Key: 'env', Value: 'dev' },
      ],
    });
    cloud.call('UntagResource', { ResourceArn: ARN, TagKeys: ['env', 'absent'] });
    expect(cloud.call('ListTagsOfResource', { ResourceArn: ARN })).toEqual({ Tags: [{ Key: 'team', Value: 'b' }] });
  });

  it('belong to tables of this account', () => {
    const cloud = newCloud();
    const list = (ResourceArn: string) => cloud.refusal('ListTagsOfResource', { ResourceArn }).code;
    expect(list(ARN)).toBe('ResourceNotFoundException');
    expect(list('arn:aws:dynamodb:eu-west-1:000000000000:table/things')).toBe('AccessDeniedException');
    expect(list('things')).toBe('ValidationException');
  });
});

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
describe('time to live', () => {
  const specification = (Enabled: boolean, AttributeName = 'expires') => ({
    TableName: 'things',
    TimeToLiveSpecification: { AttributeName, Enabled },
  });
  const HOUR = 3_600_000;
  const now = Date.parse('2026-01-01T00:00:00Z') / 1000;
  const item = (name: string, expires: object) => ({ pk: { S: name }, expires });

  it('deletes items some time after they expire, from indexes too', async () => {
    const cloud = newCloud();
    createTable(cloud, {
      types: { x: 'S' },
      extra: { GlobalSecondaryIndexes: [{ IndexName: 'by-x', KeySchema: schemaOf('x'), Projection: { ProjectionType: 'ALL' } }] },
    });
    cloud.call('UpdateTimeToLive', specification(true));
    put(cloud, { ...item('soon', { N: String(now + 60) }), x: { S: 'x' } });
    put(cloud, item('later', { N: String(now + 5 * 3600) }));
    put(cloud, item('text', { S: String(now) }));
    put(cloud, item('ancient', { N: String(now - 6 * 365 * 24 * 3600) }));
    await cloud.clock.advance(61_000);
    expect(get(cloud, { pk: { S: 'soon' } })).toBeDefined();
    await cloud.clock.advance(HOUR);
    expect(cloud.call('Scan', { TableName: 'things' }).Count).toBe(3);
    expect(cloud.call('Scan', { TableName: 'things', IndexName: 'by-x' }).Count).toBe(0);
    await cloud.clock.advance(6 * HOUR);
    expect(get(cloud, { pk: { S: 'later' } })).toBeUndefined();
    expect([get(cloud, { pk: { S: 'text' } }), get(cloud, { pk: { S: 'ancient' } })]).not.toContain(undefined);
  });

  it('counts for items that were there before, and follows changes', async () => {
    const cloud = newCloud();
    createTable(cloud);
    put(cloud, item('old', { N: String(now) }));
    put(cloud, item('saved', { N: String(now) }));
    cloud.call('UpdateTimeToLive', specification(true));
    put(cloud, item('saved', { N: String(now + 24 * 3600) }));
    await cloud.clock.advance(HOUR);
    expect(cloud.call('Scan', { TableName: 'things' }).Items).toEqual([item('saved', { N: String(now + 24 * 3600) })]);
  });

  it('leaves everything when it is off', async () => {
    const cloud = newCloud();
    createTable(cloud);
    put(cloud, item('old', { N: String(now) }));
    await cloud.clock.advance(HOUR);
    expect(get(cloud, { pk: { S: 'old' } })).toBeDefined();
  });

  it('is turned on and off once each', () => {
    const cloud = newCloud();
    createTable(cloud);
    const describeIt = () => cloud.call('DescribeTimeToLive', { TableName: 'things' }).TimeToLiveDescription;
    expect(describeIt()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    expect(cloud.refusal('UpdateTimeToLive', specification(false)).message).toBe('TimeToLive is already disabled');
    expect(cloud.call('UpdateTimeToLive', specification(true))).toEqual({
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    });
    expect(describeIt()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
    expect(cloud.refusal('UpdateTimeToLive', specification(true)).message).toBe('TimeToLive is already enabled');
    cloud.call('UpdateTimeToLive', specification(false));
    expect(describeIt()).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });
});
