import { readdirSync } from 'node:fs';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutEventsCommand,
} from '@aws-sdk/client-eventbridge';
import { GetFunctionCommand, LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetBucketPolicyCommand, GetBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ListQueueTagsCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { resourceTypes } from '../../../local/stack/resource-types.ts';
import { testCloud } from '../cloud/cloud-builder.ts';
import { lambda, queue, role, stackOf } from './stack-builder.ts';

const ARN = 'arn:aws:sqs:eu-west-1:123456789012';

describe('a queue of a stack', () => {
  it('has its attributes, tags and policy; Ref is its URL', async () => {
    const cloud = await testCloud();
    const { outputs } = await stackOf(
      cloud,
      {
        Jobs: queue({
          QueueName: 'jobs.fifo',
          FifoQueue: true,
          VisibilityTimeout: 360,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 },
          Tags: [{ Key: 'team', Value: 'delivery' }],
        }),
        Dead: queue({ QueueName: 'dead.fifo', FifoQueue: 'true', MessageRetentionPeriod: '1209600' }),
        Policy: {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: {
            Queues: [{ Ref: 'Jobs' }],
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['Jobs', 'Arn'] } },
              ],
            },
          },
        },
      },
      { Outputs: { Url: { Value: { Ref: 'Jobs' } }, Name: { Value: { 'Fn::GetAtt': ['Jobs', 'QueueName'] } } } },
    );
    expect(outputs).toEqual({ Url: 'http://127.0.0.1:4566/123456789012/jobs.fifo', Name: 'jobs.fifo' });
    const sqs = new SQSClient(cloud.access());
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: String(outputs['Url']), AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ QueueArn: `${ARN}:jobs.fifo`, FifoQueue: 'true', VisibilityTimeout: '360' });
    expect(JSON.parse(Attributes['RedrivePolicy'] ?? '')).toEqual({
      deadLetterTargetArn: `${ARN}:dead.fifo`,
      maxReceiveCount: 5,
    });
    expect(JSON.parse(Attributes['Policy'] ?? '').Statement[0].Resource).toBe(`${ARN}:jobs.fifo`);
    expect((await sqs.send(new ListQueueTagsCommand({ QueueUrl: String(outputs['Url']) }))).Tags).toEqual({ team: 'delivery' });
  });

  it('without a name is named after stack and logical id, the same each time', async () => {
    const names = async () => {
      const { resources } = await stackOf(await testCloud(), {
        Jobs: queue({ FifoQueue: true }),
        Other: queue({ FifoQueue: false }),
      });
      return resources.map(({ attributes }) => attributes['QueueName']);
    };
    const first = await names();
    expect(first[0]).toMatch(/^pipeline-Jobs-[0-9A-F]{12}\.fifo$/);
    expect(first[1]).toMatch(/^pipeline-Other-[0-9A-F]{12}$/);
    expect(await names()).toEqual(first);
  });
});

describe('a table of a stack', () => {
  const properties = {
    TableName: 'pipeline',
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: 'true' },
    SSESpecification: { SSEEnabled: false },
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'due', AttributeType: 'N' },
    ],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      { IndexName: 'due', KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
    ],
  };

  it('has its indexes, its protection, its backups and its time to live', async () => {
    const cloud = await testCloud();
    const { outputs } = await stackOf(
      cloud,
      {
        Table: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain', Properties: properties },
      },
      { Outputs: { Name: { Value: { Ref: 'Table' } }, Arn: { Value: { 'Fn::GetAtt': 'Table.Arn' } } } },
    );
    expect(outputs).toEqual({ Name: 'pipeline', Arn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/pipeline' });
    const dynamodb = new DynamoDBClient(cloud.access());
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'pipeline' }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      DeletionProtectionEnabled: true,
      GlobalSecondaryIndexes: [{ IndexName: 'due' }],
    });
    const { ContinuousBackupsDescription } = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: 'pipeline' }));
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED');
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: 'pipeline' }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expires' });
  });

  it('with a stream is refused by DynamoDB, and the resource is named', async () => {
    const streaming = { ...properties, StreamSpecification: { StreamViewType: 'NEW_IMAGE' } };
    await expect(stackOf(await testCloud(), { Table: { Type: 'AWS::DynamoDB::Table', Properties: streaming } })).rejects.toThrow(
      /^Table \(AWS::DynamoDB::Table\) cannot be created: ValidationException: .*StreamSpecification/,
    );
  });
});

describe('a rule of a stack', () => {
  it('sends the events of its bus to its targets', async () => {
    const cloud = await testCloud();
    const { outputs, resources } = await stackOf(
      cloud,
      {
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventBusName: { Ref: 'Bus' },
            Name: 'requests',
            EventPattern: { source: [{ 'anything-but': { prefix: 'aws.' } }], 'detail-type': ['DeployRequested'] },
            Targets: [
              {
                Id: 'inbox',
                Arn: { 'Fn::GetAtt': ['Inbox', 'Arn'] },
                RetryPolicy: { MaximumRetryAttempts: 3 },
                DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
              },
            ],
          },
        },
        InboxPolicy: {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: {
            Queues: [{ Ref: 'Inbox' }],
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: { Service: 'events.amazonaws.com' },
                  Action: 'sqs:SendMessage',
                  Resource: { 'Fn::GetAtt': ['Inbox', 'Arn'] },
                  Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Rule', 'Arn'] } } },
                },
              ],
            },
          },
        },
        Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'pipeline' } },
        Inbox: queue({ QueueName: 'inbox' }),
        Dead: queue({ QueueName: 'dead' }),
      },
      { Outputs: { Bus: { Value: { Ref: 'Bus' } }, Arn: { Value: { 'Fn::GetAtt': ['Rule', 'Arn'] } } } },
    );
    expect(outputs).toEqual({ Bus: 'pipeline', Arn: 'arn:aws:events:eu-west-1:123456789012:rule/pipeline/requests' });
    expect(resources.find(({ logicalId }) => logicalId === 'Rule')?.ref).toBe('pipeline|requests');
    const events = new EventBridgeClient(cloud.access());
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: 'requests', EventBusName: 'pipeline' }));
    expect(Targets).toMatchObject([{ Id: 'inbox', Arn: `${ARN}:inbox`, DeadLetterConfig: { Arn: `${ARN}:dead` } }]);
    await events.send(
      new PutEventsCommand({
        Entries: [{ EventBusName: 'pipeline', Source: 'ci', DetailType: 'DeployRequested', Detail: '{}' }],
      }),
    );
    await cloud.clock.settle();
    const sqs = new SQSClient(cloud.access());
    const url = 'http://127.0.0.1:4566/123456789012/inbox';
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    expect(Attributes).toEqual({ ApproximateNumberOfMessages: '1' });
  });

  it('with a schedule calls its function', async () => {
    const calls: unknown[] = [];
    const cloud = await testCloud((event) => {
      calls.push(event);
    });
    await stackOf(cloud, {
      Worker: lambda(),
      Minute: {
        Type: 'AWS::Events::Rule',
        Properties: {
          ScheduleExpression: 'rate(1 minute)',
          State: 'ENABLED',
          Targets: [{ Id: 'worker', Arn: { 'Fn::GetAtt': ['Worker', 'Arn'] } }],
        },
      },
      Allowed: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: { 'Fn::GetAtt': ['Worker', 'Arn'] },
          Principal: 'events.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': ['Minute', 'Arn'] },
        },
      },
    });
    await cloud.clock.advance(120_000);
    expect(calls.length).toBeGreaterThanOrEqual(2);
    expect(calls[0]).toMatchObject({ 'detail-type': 'Scheduled Event', source: 'aws.events' });
  });

  it('whose bus allows others has its policy', async () => {
    const cloud = await testCloud();
    await stackOf(cloud, {
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'pipeline' } },
      Others: {
        Type: 'AWS::Events::EventBusPolicy',
        Properties: {
          EventBusName: { Ref: 'Bus' },
          StatementId: 'ci',
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::210987654321:root' },
            Action: 'events:PutEvents',
            Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] },
          },
        },
      },
    });
    const { Policy = '' } = await new EventBridgeClient(cloud.access()).send(new DescribeEventBusCommand({ Name: 'pipeline' }));
    expect(JSON.parse(Policy).Statement).toMatchObject([{ Sid: 'ci', Action: 'events:PutEvents' }]);
  });

  it('on the default bus is referred to by its name alone', async () => {
    const cloud = await testCloud();
    const pattern = { source: ['aws.ecr'] };
    const { outputs } = await stackOf(
      cloud,
      { Rule: { Type: 'AWS::Events::Rule', Properties: { Name: 'pushes', EventPattern: JSON.stringify(pattern) } } },
      { Outputs: { Rule: { Value: { Ref: 'Rule' } } } },
    );
    expect(outputs).toEqual({ Rule: 'pushes' });
    const { EventPattern = '' } = await new EventBridgeClient(cloud.access()).send(new DescribeRuleCommand({ Name: 'pushes' }));
    expect(JSON.parse(EventPattern)).toEqual(pattern);
  });
});

describe('a function of a stack', () => {
  it('is configured as the template says, and its code is in the packager’s folder', async () => {
    const cloud = await testCloud();
    await stackOf(cloud, {
      Worker: lambda({
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Timeout: 60,
        MemorySize: 512,
        Architectures: ['arm64'],
        Environment: { Variables: { TABLE: { 'Fn::Sub': 'table-${AWS::Region}' }, RETRIES: 3 } },
        LoggingConfig: { LogGroup: { Ref: 'Lines' } },
        Tags: [{ Key: 'a', Value: 'b' }],
      }),
      Role: role,
      Lines: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/pipeline/worker', RetentionInDays: 30 } },
    });
    const { Configuration, Code } = await new LambdaClient(cloud.access()).send(
      new GetFunctionCommand({ FunctionName: 'worker' }),
    );
    expect(Configuration).toMatchObject({
      Role: expect.stringMatching(/^arn:aws:iam::123456789012:role\/pipeline-Role-[0-9A-F]{12}$/),
      Timeout: 60,
      MemorySize: 512,
      Architectures: ['arm64'],
      Environment: { Variables: { TABLE: 'table-eu-west-1', RETRIES: '3' } },
      LoggingConfig: { LogGroup: '/pipeline/worker' },
    });
    expect(Code?.Location).toBe('file:///packaged/worker.zip');
  });

  it('handles the messages of its queue', async () => {
    const bodies: string[] = [];
    const cloud = await testCloud((event) => {
      bodies.push(...(event as { Records: { body: string }[] }).Records.map(({ body }) => body));
    });
    await stackOf(cloud, {
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Jobs', 'Arn'] },
          FunctionName: { 'Fn::GetAtt': ['Worker', 'Arn'] },
          BatchSize: '1',
          Enabled: true,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: 5 },
        },
      },
      Worker: lambda({ Timeout: 30 }),
      Jobs: queue({ QueueName: 'jobs' }),
    });
    const sqs = new SQSClient(cloud.access());
    await sqs.send(new SendMessageCommand({ QueueUrl: 'http://127.0.0.1:4566/123456789012/jobs', MessageBody: 'hi' }));
    await cloud.clock.settle();
    expect(bodies).toEqual(['hi']);
    const { EventSourceMappings } = await new LambdaClient(cloud.access()).send(new ListEventSourceMappingsCommand({}));
    expect(EventSourceMappings).toMatchObject([
      {
        BatchSize: 1,
        EventSourceArn: `${ARN}:jobs`,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 5 },
      },
    ]);
  });
});

describe('the rest of a stack', () => {
  it('are alarms', async () => {
    const cloud = await testCloud();
    await stackOf(cloud, {
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: 'dead-letters',
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Dead', 'QueueName'] } }],
          Statistic: 'Maximum',
          Period: '60',
          EvaluationPeriods: 1,
          Threshold: 0,
          ComparisonOperator: 'GreaterThanThreshold',
          AlarmActions: [],
        },
      },
      Dead: queue({ QueueName: 'dead' }),
    });
    const { MetricAlarms } = await new CloudWatchClient(cloud.access()).send(
      new DescribeAlarmsCommand({ AlarmNames: ['dead-letters'] }),
    );
    expect(MetricAlarms).toMatchObject([{ Period: 60, Threshold: 0, Dimensions: [{ Name: 'QueueName', Value: 'dead' }] }]);
  });

  it('is kept, with what the others refer to', async () => {
    const bucket = { Type: 'AWS::S3::Bucket', Properties: { VersioningConfiguration: { Status: 'Enabled' } } };
    const document = { Version: '2012-10-17', Statement: [] };
    const objects = { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] };
    const insecure = { Bool: { 'aws:SecureTransport': 'false' } };
    const Statement = [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: objects, Condition: insecure }];
    const policy = { Version: '2012-10-17', Statement };
    const cloud = await testCloud();
    const { outputs, resources } = await stackOf(
      cloud,
      {
        Bucket: bucket,
        BucketPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: policy } },
        Role: { ...role, Properties: { ...role.Properties, RoleName: 'deploy', Path: '/pipeline/' } },
        Ci: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: 'ci', PolicyDocument: document } },
        Lines: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/worker' } },
      },
      {
        Outputs: {
          Bucket: { Value: { 'Fn::GetAtt': ['Bucket', 'Arn'] } },
          Role: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
          RoleName: { Value: { Ref: 'Role' } },
          Ci: { Value: { Ref: 'Ci' }, Export: { Name: 'ci' } },
          Lines: { Value: { 'Fn::GetAtt': ['Lines', 'Arn'] } },
        },
      },
    );
    // CloudFormation template reference, "Return values" of each type
    expect(outputs).toEqual({
      Bucket: expect.stringMatching(/^arn:aws:s3:::pipeline-bucket-[0-9a-f]{12}$/),
      Role: 'arn:aws:iam::123456789012:role/pipeline/deploy',
      RoleName: 'deploy',
      Ci: 'arn:aws:iam::123456789012:policy/ci',
      Lines: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/worker:*',
    });
    expect(resources.map(({ type }) => type)).toHaveLength(5);
    const [s3, Bucket] = [new S3Client(cloud.access()), outputs['Bucket']?.slice('arn:aws:s3:::'.length)];
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    expect(JSON.parse(Policy)).toEqual({
      ...policy,
      Statement: [{ ...Statement[0], Resource: `${outputs['Bucket']}/*` }],
    });
  });
});

it('knows every type that has a file', () => {
  const files = readdirSync(new URL('../../../local/stack/resources/', import.meta.url));
  const letters = (name: string) =>
    name
      .replace(/\.ts$/, '')
      .replaceAll(/[^a-z0-9]/gi, '')
      .toLowerCase();
  expect(resourceTypes.map(({ type }) => letters(type)).sort()).toEqual(files.map(letters).sort());
});
