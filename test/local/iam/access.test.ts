import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand, PutPermissionCommand } from '@aws-sdk/client-eventbridge';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { testCloud } from '../cloud/cloud-builder.ts';

const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

/** A user `ann` who may do what the statements say, and nothing else. */
const withUser = async (...statements: readonly object[]) => {
  const cloud = await testCloud();
  const admin = cloud.access();
  const iam = new IAMClient(admin);
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  if (statements.length > 0)
    await iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'calls', PolicyDocument: document(...statements) }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  return { cloud, admin, iam, ann: cloud.access({ accessKeyId: AccessKey?.AccessKeyId ?? '' }) };
};

const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:q';
const URL = 'http://127.0.0.1:4566/123456789012/q';
const WHO = 'User: arn:aws:iam::123456789012:user/ann is not authorized to perform:';

const why = (action: string) => `because no identity-based policy allows the ${action} action`;

/**
 * The texts are those of the IAM User Guide ("Access denied error messages"); names and statuses those that users report from the
 * services: SQS AccessDenied 403 with the action in small letters, DynamoDB, EventBridge, ECS and ECR AccessDeniedException 400.
 */
describe('a call that nothing allows', () => {
  it.each<[string, (ann: object) => Promise<unknown>, object, string]>([
    [
      'SQS',
      (ann) => new SQSClient(ann).send(new SendMessageCommand({ QueueUrl: URL, MessageBody: 'x' })),
      { name: 'AccessDenied', status: 403 },
      `${WHO} sqs:sendmessage on resource: ${QUEUE} ${why('sqs:sendmessage')}`,
    ],
    [
      'a batch of SQS',
      (ann) => new SQSClient(ann).send(new SendMessageBatchCommand({ QueueUrl: URL, Entries: [{ Id: 'a', MessageBody: 'x' }] })),
      { name: 'AccessDenied', status: 403 },
      `${WHO} sqs:sendmessage on resource: ${QUEUE} ${why('sqs:sendmessage')}`,
    ],
    [
      'DynamoDB',
      (ann) => new DynamoDBClient(ann).send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } })),
      { name: 'AccessDeniedException', status: 400 },
      `${WHO} dynamodb:GetItem on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/t ${why('dynamodb:GetItem')}`,
    ],
    [
      'EventBridge',
      (ann) =>
        new EventBridgeClient(ann).send(
          new PutEventsCommand({ Entries: [{ Source: 'a', DetailType: 'b', Detail: '{}', EventBusName: 'bus' }] }),
        ),
      { name: 'AccessDeniedException', status: 400 },
      `${WHO} events:PutEvents on resource: arn:aws:events:eu-west-1:123456789012:event-bus/bus ${why('events:PutEvents')}`,
    ],
    [
      'ECS',
      (ann) => new ECSClient(ann).send(new RegisterTaskDefinitionCommand({ family: 'f', containerDefinitions: [] })),
      { name: 'AccessDeniedException', status: 400 },
      `${WHO} ecs:RegisterTaskDefinition on resource: arn:aws:ecs:eu-west-1:123456789012:task-definition/f:* ${why('ecs:RegisterTaskDefinition')}`,
    ],
    [
      'ECR',
      (ann) => new ECRClient(ann).send(new DescribeImagesCommand({ repositoryName: 'app' })),
      { name: 'AccessDeniedException', status: 400 },
      `${WHO} ecr:DescribeImages on resource: arn:aws:ecr:eu-west-1:123456789012:repository/app ${why('ecr:DescribeImages')}`,
    ],
    [
      'CloudWatch',
      (ann) => new CloudWatchClient(ann).send(new DescribeAlarmsCommand({})),
      { name: 'AccessDenied', status: 403 },
      `${WHO} cloudwatch:DescribeAlarms on resource: arn:aws:cloudwatch:eu-west-1:123456789012:alarm:* ${why('cloudwatch:DescribeAlarms')}`,
    ],
    [
      'Lambda',
      (ann) => new LambdaClient(ann).send(new InvokeCommand({ FunctionName: 'worker' })),
      { name: 'AccessDeniedException', status: 403 },
      `${WHO} lambda:InvokeFunction on resource: arn:aws:lambda:eu-west-1:123456789012:function:worker ${why('lambda:InvokeFunction')}`,
    ],
    [
      'IAM',
      (ann) => new IAMClient(ann).send(new CreateUserCommand({ UserName: 'bob' })),
      { name: 'AccessDenied', status: 403 },
      `${WHO} iam:CreateUser on resource: arn:aws:iam::123456789012:user/bob ${why('iam:CreateUser')}`,
    ],
  ])(
    'to %s is refused as that service refuses',
    async (_, call, { name, status }: { name?: string; status?: number }, message) => {
      const { ann } = await withUser();
      await expect(call(ann)).rejects.toMatchObject({ name, message, $metadata: { httpStatusCode: status } });
    },
  );

  it('says so where a statement denies it', async () => {
    const { ann } = await withUser(allow('*'), { Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' });
    const call = new DynamoDBClient(ann).send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } }));
    await expect(call).rejects.toMatchObject({
      message: expect.stringMatching(/with an explicit deny in an identity-based policy$/),
    });
  });

  it('is refused before anything else is looked at', async () => {
    const { ann } = await withUser(allow('sqs:*', `${QUEUE}2`));
    const call = new SQSClient(ann).send(new SendMessageCommand({ QueueUrl: URL, MessageBody: 'x' }));
    await expect(call).rejects.toMatchObject({ name: 'AccessDenied' });
    const other = new SQSClient(ann).send(new SendMessageCommand({ QueueUrl: `${URL}2`, MessageBody: 'x' }));
    await expect(other).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});

describe('a call of several things', () => {
  it('needs the permission of each: the writes of a transaction', async () => {
    const table = 'arn:aws:dynamodb:eu-west-1:123456789012:table/t';
    const { ann } = await withUser(allow('dynamodb:PutItem', table));
    const key = { pk: { S: 'a' } };
    const write = (items: object[]) => new DynamoDBClient(ann).send(new TransactWriteItemsCommand({ TransactItems: items }));
    await expect(write([{ Put: { TableName: 't', Item: key } }])).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(write([{ Put: { TableName: 't', Item: key } }, { Delete: { TableName: 't', Key: key } }])).rejects.toMatchObject(
      {
        name: 'AccessDeniedException',
        message: expect.stringContaining('dynamodb:DeleteItem on resource'),
      },
    );
  });

  it('needs to pass the roles that it names, and to the right service', async () => {
    const role = 'arn:aws:iam::123456789012:role/task';
    const to = (service: string) =>
      allow('iam:PassRole', role, { Condition: { StringEquals: { 'iam:PassedToService': service } } });
    const register = (ann: object) =>
      new ECSClient(ann).send(
        new RegisterTaskDefinitionCommand({
          family: 'f',
          taskRoleArn: role,
          containerDefinitions: [{ name: 'a', image: 'b', memory: 128 }],
        }),
      );
    const right = await withUser(allow('ecs:RegisterTaskDefinition'), to('ecs-tasks.amazonaws.com'));
    expect(await register(right.ann)).toMatchObject({ taskDefinition: { taskRoleArn: role } });
    const wrong = await withUser(allow('ecs:RegisterTaskDefinition'), to('lambda.amazonaws.com'));
    await expect(register(wrong.ann)).rejects.toMatchObject({
      message: `${WHO} iam:PassRole on resource: ${role} ${why('iam:PassRole')}`,
    });
  });
});

describe("a resource's own policy", () => {
  it('of a queue allows, and denies even the administrator', async () => {
    const { admin, ann } = await withUser();
    const sqs = new SQSClient(admin);
    await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    const set = (...statements: readonly object[]) =>
      sqs.send(new SetQueueAttributesCommand({ QueueUrl: URL, Attributes: { Policy: document(...statements) } }));
    const send = (who: object) => new SQSClient(who).send(new SendMessageCommand({ QueueUrl: URL, MessageBody: 'x' }));
    await set({ ...allow('sqs:SendMessage', QUEUE), Principal: { AWS: 'arn:aws:iam::123456789012:user/ann' } });
    await send(ann);
    await set({ Effect: 'Deny', Action: 'sqs:SendMessage', Resource: QUEUE, Principal: '*' });
    await expect(send(admin)).rejects.toMatchObject({
      message: expect.stringMatching(/with an explicit deny in a resource-based policy$/),
    });
  });

  it('of a bus allows the events that it describes', async () => {
    const { admin, ann } = await withUser();
    const policy = document({
      ...allow('events:PutEvents', 'arn:aws:events:eu-west-1:123456789012:event-bus/default', {
        Condition: { StringEquals: { 'events:source': 'ann' } },
      }),
      Principal: { AWS: 'arn:aws:iam::123456789012:user/ann' },
    });
    await new EventBridgeClient(admin).send(new PutPermissionCommand({ Policy: policy }));
    const put = (Source: string) =>
      new EventBridgeClient(ann).send(new PutEventsCommand({ Entries: [{ Source, DetailType: 'x', Detail: '{}' }] }));
    expect(await put('ann')).toMatchObject({ FailedEntryCount: 0 });
    await expect(put('bob')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('a role', () => {
  const trusting = (principal: object) => document({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' });
  const ROLE = 'arn:aws:iam::123456789012:role/deployer';
  const assume = (who: object, more: object = {}) =>
    new STSClient(who).send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'run-1', ...more }));

  it('is taken on by whom it trusts, acts in its own policies, and its session ends', async () => {
    const { cloud, iam, ann } = await withUser();
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'deployer',
        AssumeRolePolicyDocument: trusting({ AWS: 'arn:aws:iam::123456789012:user/ann' }),
      }),
    );
    const PolicyDocument = document(allow('sqs:ListQueues'));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'deployer', PolicyName: 'calls', PolicyDocument }));
    const { Credentials } = await assume(ann, { DurationSeconds: 900 });
    const session = cloud.access({ accessKeyId: Credentials?.AccessKeyId ?? '' });
    expect(await new STSClient(session).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: 'arn:aws:sts::123456789012:assumed-role/deployer/run-1',
    });
    await expect(new IAMClient(session).send(new CreateUserCommand({ UserName: 'x' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await cloud.clock.advance(900_000);
    await expect(new STSClient(session).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' });
  });

  it('that trusts the account needs the permission of the caller too; one that trusts nobody is taken on by nobody', async () => {
    const may = await withUser(allow('sts:AssumeRole', ROLE));
    await may.iam.send(
      new CreateRoleCommand({ RoleName: 'deployer', AssumeRolePolicyDocument: trusting({ AWS: '123456789012' }) }),
    );
    expect(await assume(may.ann)).toMatchObject({
      AssumedRoleUser: { Arn: 'arn:aws:sts::123456789012:assumed-role/deployer/run-1' },
    });
    const mayNot = await withUser();
    await mayNot.iam.send(
      new CreateRoleCommand({ RoleName: 'deployer', AssumeRolePolicyDocument: trusting({ AWS: '123456789012' }) }),
    );
    await expect(assume(mayNot.ann)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `${WHO} sts:AssumeRole on resource: ${ROLE}`,
    });
    const untrusted = await withUser(allow('*'));
    await untrusted.iam.send(
      new CreateRoleCommand({ RoleName: 'deployer', AssumeRolePolicyDocument: trusting({ Service: 'lambda.amazonaws.com' }) }),
    );
    await expect(assume(untrusted.ann)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('is read back, and loses a policy', async () => {
    const { iam } = await withUser();
    const trust = trusting({ Service: 'lambda.amazonaws.com' });
    await iam.send(new CreateRoleCommand({ RoleName: 'deployer', AssumeRolePolicyDocument: trust, MaxSessionDuration: 7200 }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'deployer' }));
    expect(Role).toMatchObject({ Arn: ROLE, Path: '/', MaxSessionDuration: 7200, CreateDate: new Date('2026-01-01T00:00:00Z') });
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(trust);
    const policy = { RoleName: 'deployer', PolicyName: 'calls' };
    await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: document(allow('sqs:*')) }));
    expect(decodeURIComponent((await iam.send(new GetRolePolicyCommand(policy))).PolicyDocument ?? '')).toBe(
      document(allow('sqs:*')),
    );
    await iam.send(new DeleteRolePolicyCommand(policy));
    await expect(iam.send(new GetRolePolicyCommand(policy))).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
});

/** IAM User Guide, "IAM and AWS STS quotas". */
describe('IAM refuses', () => {
  const long = (characters: number) => document(allow('sqs:*', `arn:aws:sqs:eu-west-1:123456789012:${'x'.repeat(characters)}`));

  it('policies that are too long: 2,048 characters of a user, 10,240 of a role, 6,144 of a managed one', async () => {
    const { iam } = await withUser();
    const user = (PolicyDocument: string) =>
      iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'p', PolicyDocument }));
    await user(long(1800));
    await expect(user(long(2048))).rejects.toMatchObject({ name: 'LimitExceededException' });
    const role = (PolicyName: string, PolicyDocument: string) =>
      iam.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName, PolicyDocument }));
    await role('a', long(9000));
    await expect(role('b', long(1200)), 'together').rejects.toMatchObject({ name: 'LimitExceededException' });
    const managed = (PolicyName: string, PolicyDocument: string) =>
      iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
    const { Policy } = await managed('m', long(6000));
    await iam.send(new AttachUserPolicyCommand({ UserName: 'ann', PolicyArn: Policy?.Arn }));
    await expect(managed('n', long(6144))).rejects.toMatchObject({ name: 'LimitExceededException' });
  });

  it('names that are taken, things that are not there, and policies that are none', async () => {
    const { iam } = await withUser();
    await expect(iam.send(new CreateUserCommand({ UserName: 'ann' }))).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
    });
    await expect(iam.send(new GetRoleCommand({ RoleName: 'nobody' }))).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    const PolicyDocument = document({ Effect: 'Allow', Action: 'sqs:*' });
    await expect(iam.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument }))).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
    });
    await expect(iam.send(new CreateUserCommand({ UserName: 'a b' }))).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(
      iam.send(new CreateUserCommand({ UserName: 'bob', PermissionsBoundary: 'arn:aws:iam::123456789012:policy/p' })),
    ).rejects.toMatchObject({ message: 'the local cloud does not know the parameter "PermissionsBoundary" of CreateUser.' });
  });
});
