import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand, EventBridgeClient, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../local/data/journal.ts';
import { createImages, toCloud } from '../../../local/example-images.ts';
import { type Intercept, refusal } from '../../../local/faults.ts';
import { accessKeyOf } from '../../../local/lambda/identity.ts';
import type { FunctionLoader } from '../../../local/lambda/loader.ts';
import { HOME } from '../../../local/place.ts';
import { parseTemplate } from '../../../local/stack/template.ts';
import { type TestCloud, TRUSTS_LAMBDA, testCloud } from '../cloud/cloud-builder.ts';

const PLACE = { account: '222233334444', region: 'us-east-1' };
const THERE = { accessKeyId: PLACE.account, region: PLACE.region };
const HUB = 'arn:aws:events:eu-west-1:123456789012:event-bus/default';

const create = (cloud: TestCloud, Resources: object, place = PLACE) =>
  cloud.createStack({
    name: 'spoke',
    template: parseTemplate({
      Resources,
      Outputs: { Place: { Value: { 'Fn::Sub': '${AWS::AccountId} ${AWS::Region}' } } },
    }),
    folder: '/packaged',
    host: '127.0.0.1:4566',
    place,
  });

/** What an account needs to tell the pipeline of its events: a role, and a rule with the pipeline's bus as its target. */
const SPOKE = {
  Sender: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [
        {
          PolicyName: 'puts',
          PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: HUB }] },
        },
      ],
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'to-the-pipeline',
      EventPattern: { source: ['aws.ecs'], account: [{ Ref: 'AWS::AccountId' }] },
      Targets: [{ Id: 'bus', Arn: HUB, RoleArn: { 'Fn::GetAtt': ['Sender', 'Arn'] } }],
    },
  },
};

const admits = (StatementId: string, account: string) => ({
  Type: 'AWS::Events::EventBusPolicy',
  Properties: {
    StatementId,
    Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'events:PutEvents', Resource: HUB },
  },
});

describe('a stack of another place', () => {
  it('is made there, in its account and region', async () => {
    const cloud = await testCloud();
    const { outputs, resources } = await create(cloud, SPOKE);
    expect(outputs).toEqual({ Place: '222233334444 us-east-1' });
    const events = new EventBridgeClient(cloud.access(THERE));
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: 'to-the-pipeline' }));
    const role = resources.find(({ logicalId }) => logicalId === 'Sender')?.attributes['Arn'];
    expect(role).toMatch(/^arn:aws:iam::222233334444:role\/spoke-Sender-/);
    expect(Targets).toEqual([{ Id: 'bus', Arn: HUB, RoleArn: role }]);
    const home = new EventBridgeClient(cloud.access());
    await expect(home.send(new ListTargetsByRuleCommand({ Rule: 'to-the-pipeline' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('adds a statement to the policy of a bus for each that it says', async () => {
    const cloud = await testCloud();
    await create(cloud, { One: admits('one', '222233334444'), Two: admits('two', '555566667777') }, HOME);
    const { Policy = '' } = await new EventBridgeClient(cloud.access()).send(new DescribeEventBusCommand({}));
    expect(JSON.parse(Policy).Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual(['one', 'two']);
  });

  it('has functions that act in their own account and region', async () => {
    const made: unknown[] = [];
    const load: FunctionLoader = async ({ name, place, arn }) => {
      made.push({ name, place, arn });
      return { invoke: async () => ({ ok: true }), abort: () => undefined, stop: async () => undefined };
    };
    const cloud = await testCloud(undefined, load);
    const Role = {
      Type: 'AWS::IAM::Role',
      Properties: { RoleName: 'worker', AssumeRolePolicyDocument: TRUSTS_LAMBDA, Policies: [] },
    };
    const Worker = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'b', S3Key: 'worker.zip' },
        FunctionName: 'worker',
        Handler: 'worker.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Runtime: 'nodejs24.x',
      },
    };
    await create(cloud, { Role, Worker });
    const twin = { ...Worker, Properties: { ...Worker.Properties, Role: 'arn:aws:iam::222233334444:role/worker' } };
    await create(cloud, { Worker: twin }, { ...PLACE, region: 'us-east-2' });
    const arn = 'arn:aws:lambda:us-east-1:222233334444:function:worker';
    expect(made[0]).toEqual({ name: 'worker', place: PLACE, arn });
    const identity = await new STSClient(cloud.access({ ...THERE, accessKeyId: accessKeyOf('worker', PLACE) })).send(
      new GetCallerIdentityCommand({}),
    );
    expect(identity).toMatchObject({ Account: PLACE.account, Arn: 'arn:aws:sts::222233334444:assumed-role/worker/worker' });
    const invoke = (access: object) => new LambdaClient(access).send(new InvokeCommand({ FunctionName: arn }));
    expect((await invoke(cloud.access(THERE))).StatusCode).toBe(200);
    await expect(invoke(cloud.access({ ...THERE, region: 'us-east-2' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(invoke(cloud.access({ region: 'us-east-1' }))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('a fault', () => {
  it('may take a whole region away, and leave the others', async () => {
    const gone = new Set<string | undefined>();
    const calls: unknown[] = [];
    const call: Intercept = async (asked, next) => {
      calls.push([asked.account, asked.region]);
      return gone.has(asked.region) ? refusal(asked, 'InternalFailure', 'the region is away', 503) : next();
    };
    const cloud = await testCloud(undefined, undefined, { faults: { call } });
    calls.length = 0;
    const queueIn = (region: string) =>
      new SQSClient(cloud.access({ ...THERE, region })).send(new CreateQueueCommand({ QueueName: 'jobs' }));
    gone.add('us-east-1');
    await expect(queueIn('us-east-1')).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    expect((await queueIn('us-east-2')).QueueUrl).toBe('http://127.0.0.1:4566/222233334444/jobs');
    gone.clear();
    expect((await queueIn('us-east-1')).QueueUrl).toBe('http://127.0.0.1:4566/222233334444/jobs');
    await new IAMClient(cloud.access()).send(new CreateUserCommand({ UserName: 'ann' }));
    const registry = calls.length;
    await createImages(cloud.access(THERE), toCloud(cloud.handle), { app: [{ tags: ['good'] }] });
    expect(new Set(calls.splice(registry).map(String))).toEqual(new Set(['222233334444,us-east-1']));
    expect(calls).toEqual([
      ['222233334444', 'us-east-1'],
      ['222233334444', 'us-east-2'],
      ['222233334444', 'us-east-1'],
      ['123456789012', 'eu-west-1'],
    ]);
  });
});

const root = mkdtempSync(join(tmpdir(), 'switchyard-places-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('what is kept', () => {
  it('is of every account and region', async () => {
    const journal = openJournal(root);
    const first = await testCloud(undefined, undefined, { data: journal });
    first.restore();
    const sqs = (cloud: TestCloud, region = 'us-east-1') => new SQSClient(cloud.access({ ...THERE, region }));
    const { QueueUrl } = await sqs(first).send(new CreateQueueCommand({ QueueName: 'jobs' }));
    await sqs(first).send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
    const table = {
      TableName: 'items',
      BillingMode: 'PAY_PER_REQUEST' as const,
      AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'S' as const }],
      KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' as const }],
    };
    for (const [access, k] of [[first.access(), 'home'] as const, [first.access(THERE), 'there'] as const]) {
      await new DynamoDBClient(access).send(new CreateTableCommand(table));
      await new DynamoDBClient(access).send(new PutItemCommand({ TableName: 'items', Item: { k: { S: k } } }));
    }
    await new IAMClient(first.access(THERE)).send(new CreateUserCommand({ UserName: 'ann' }));
    await create(first, SPOKE);
    journal.close();

    const second = await testCloud(undefined, undefined, { data: openJournal(root) });
    second.restore();
    expect((await sqs(second).send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toMatchObject([{ Body: 'kept' }]);
    await expect(sqs(second, 'us-east-2').send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
    const scan = async (access: object) => (await new DynamoDBClient(access).send(new ScanCommand({ TableName: 'items' }))).Items;
    expect(await scan(second.access())).toEqual([{ k: { S: 'home' } }]);
    expect(await scan(second.access(THERE))).toEqual([{ k: { S: 'there' } }]);
    const again = new IAMClient(second.access(THERE)).send(new CreateUserCommand({ UserName: 'ann' }));
    await expect(again).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
    const events = new EventBridgeClient(second.access(THERE));
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: 'to-the-pipeline' }));
    expect(Targets).toMatchObject([{ Arn: HUB }]);
  });
});
