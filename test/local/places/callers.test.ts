import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateClusterCommand, DescribeServicesCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { testCloud } from '../cloud/cloud-builder.ts';

const OTHER = '222233334444';
const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string, Resource: string, more: object = {}) => ({ Effect: 'Allow', Action, Resource, ...more });

describe('whoever calls', () => {
  it('with an access key of twelve digits is an administrator of that account', async () => {
    const cloud = await testCloud();
    const who = (accessKeyId: string) =>
      new STSClient(cloud.access({ accessKeyId }))
        .send(new GetCallerIdentityCommand({}))
        .then(({ Account, Arn }) => [Account, Arn]);
    expect(await who(OTHER)).toEqual([OTHER, `arn:aws:iam::${OTHER}:user/local`]);
    expect(await who('local')).toEqual(['123456789012', 'arn:aws:iam::123456789012:user/local']);
    const ids = await Promise.all(
      [OTHER, 'local'].map((accessKeyId) => new STSClient(cloud.access({ accessKeyId })).send(new GetCallerIdentityCommand({}))),
    );
    expect(new Set(ids.map(({ UserId }) => UserId)).size).toBe(2);
    expect(await who('22223333444')).toEqual(['123456789012', 'arn:aws:iam::123456789012:user/local']);
  });

  it('finds in each region what was made in that region', async () => {
    const cloud = await testCloud();
    const sqs = (region: string, accessKeyId = 'local') => new SQSClient(cloud.access({ region, accessKeyId }));
    const { QueueUrl } = await sqs('us-east-1').send(new CreateQueueCommand({ QueueName: 'jobs' }));
    const { Attributes } = await sqs('us-east-1').send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    expect(Attributes).toEqual({ QueueArn: 'arn:aws:sqs:us-east-1:123456789012:jobs' });
    expect((await sqs('eu-west-1').send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
    expect((await sqs('us-east-1', OTHER).send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
    await expect(sqs('eu-west-1').send(new GetQueueUrlCommand({ QueueName: 'jobs' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
    const { QueueUrl: others } = await sqs('us-east-1', OTHER).send(new CreateQueueCommand({ QueueName: 'jobs' }));
    expect(others).toBe(`http://127.0.0.1:4566/${OTHER}/jobs`);
  });

  // AWS General Reference, "AWS service endpoints".
  it.each([
    ['us-east-1', true],
    ['ap-southeast-7', true],
    ['mx-central-1', true],
    ['eu-wset-1', false],
    ['mars-1', false],
    ['cn-north-1', false],
    ['us-gov-west-1', false],
  ])('may call %s: %s', async (region, may) => {
    const cloud = await testCloud();
    const called = new SQSClient(cloud.access({ region })).send(new ListQueuesCommand({}));
    if (may) await called;
    else
      await expect(called).rejects.toMatchObject({
        message: `Credential should be scoped to a valid region, not '${region}'. The local cloud has those of the partition aws.`,
      });
  });

  it('has one IAM in all regions of an account, and none of another', async () => {
    const cloud = await testCloud();
    const iam = (region: string, accessKeyId = OTHER) => new IAMClient(cloud.access({ region, accessKeyId }));
    const trust = document({ Effect: 'Allow', Principal: { AWS: OTHER }, Action: 'sts:AssumeRole' });
    await iam('us-east-1').send(new CreateRoleCommand({ RoleName: 'deployer', AssumeRolePolicyDocument: trust }));
    const { Role } = await iam('eu-central-1').send(new GetRoleCommand({ RoleName: 'deployer' }));
    expect(Role?.Arn).toBe(`arn:aws:iam::${OTHER}:role/deployer`);
    await expect(iam('us-east-1', 'local').send(new GetRoleCommand({ RoleName: 'deployer' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  });
});

const ROLE = `arn:aws:iam::${OTHER}:role/deployer`;

/** A user of home, and a role of the other account that may list clusters there, and only in one region. */
const twoAccounts = async (trusted: object, ...statements: readonly object[]) => {
  const cloud = await testCloud();
  const iam = new IAMClient(cloud.access());
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  if (statements.length > 0)
    await iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'calls', PolicyDocument: document(...statements) }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  const other = new IAMClient(cloud.access({ accessKeyId: OTHER }));
  const AssumeRolePolicyDocument = document({ Effect: 'Allow', Principal: trusted, Action: 'sts:AssumeRole' });
  await other.send(new CreateRoleCommand({ RoleName: 'deployer', AssumeRolePolicyDocument }));
  const may = allow('ecs:ListClusters', '*', { Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } } });
  await other.send(new PutRolePolicyCommand({ RoleName: 'deployer', PolicyName: 'calls', PolicyDocument: document(may) }));
  const accessKeyId = AccessKey?.AccessKeyId ?? '';
  const assume = (RoleArn = ROLE) =>
    new STSClient(cloud.access({ accessKeyId })).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'run-1' }));
  return { cloud, assume };
};

const MAY = allow('sts:AssumeRole', ROLE);
const ANN = { AWS: 'arn:aws:iam::123456789012:user/ann' };

/** IAM User Guide, "Cross-account policy evaluation logic": the identity's policy and the role's trust both have to allow. */
describe("another account's role", () => {
  it.each<[string, object, readonly object[], boolean]>([
    ['is taken on by whom its trust names, if his own policy allows it', ANN, [MAY], true],
    ['is taken on where the trust names his account', { AWS: '123456789012' }, [MAY], true],
    ['is refused to whom its trust names alone', ANN, [], false],
    ['is refused to whom his own policy allows it alone', { AWS: OTHER }, [MAY], false],
    ['is refused where his policy allows another role', ANN, [allow('sts:AssumeRole', `${ROLE}-2`)], false],
    ['is refused where his policy denies it', ANN, [MAY, { ...MAY, Effect: 'Deny' }], false],
  ])('%s', async (_, trusted, statements, allowed) => {
    const { assume } = await twoAccounts(trusted, ...statements);
    const taken = assume();
    if (allowed) expect((await taken).AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${OTHER}:assumed-role/deployer/run-1`);
    else
      await expect(taken).rejects.toMatchObject({
        name: 'AccessDenied',
        message: `User: arn:aws:iam::123456789012:user/ann is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
      });
  });

  it('of an account that is not there is refused in the same words', async () => {
    const nobody = 'arn:aws:iam::999999999999:role/deployer';
    const { assume } = await twoAccounts(ANN, allow('sts:AssumeRole', nobody));
    await expect(assume(nobody)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('acts in its own account, and as the region it calls allows', async () => {
    const { cloud, assume } = await twoAccounts(ANN, MAY);
    const { Credentials } = await assume();
    const accessKeyId = Credentials?.AccessKeyId ?? '';
    const administrator = new ECSClient(cloud.access({ accessKeyId: OTHER, region: 'us-east-1' }));
    await administrator.send(new CreateClusterCommand({ clusterName: 'main' }));
    const list = (region: string) => new ECSClient(cloud.access({ accessKeyId, region })).send(new ListClustersCommand({}));
    expect((await list('us-east-1')).clusterArns).toEqual([`arn:aws:ecs:us-east-1:${OTHER}:cluster/main`]);
    await expect(list('eu-west-1')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const who = await new STSClient(cloud.access({ accessKeyId })).send(new GetCallerIdentityCommand({}));
    expect(who).toMatchObject({ Account: OTHER, Arn: `arn:aws:sts::${OTHER}:assumed-role/deployer/run-1` });
  });
});

describe("another account's resource", () => {
  const URL = `http://127.0.0.1:4566/${OTHER}/jobs`;
  const ARN = `arn:aws:sqs:eu-west-1:${OTHER}:jobs`;
  const WHO = 'User: arn:aws:iam::123456789012:user/local is not authorized to perform:';

  const withQueue = async (...statements: readonly object[]) => {
    const cloud = await testCloud();
    const own = new SQSClient(cloud.access({ accessKeyId: OTHER }));
    await own.send(new CreateQueueCommand({ QueueName: 'jobs' }));
    if (statements.length > 0)
      await own.send(new SetQueueAttributesCommand({ QueueUrl: URL, Attributes: { Policy: document(...statements) } }));
    return { cloud, own, home: new SQSClient(cloud.access()) };
  };
  const send = new SendMessageCommand({ QueueUrl: URL, MessageBody: 'hi' });

  it('is reached where its policy allows it', async () => {
    const { home, own } = await withQueue(allow('sqs:SendMessage', ARN, { Principal: { AWS: '123456789012' } }));
    await home.send(send);
    expect((await own.send(new ReceiveMessageCommand({ QueueUrl: URL }))).Messages).toMatchObject([{ Body: 'hi' }]);
    await expect(home.send(new ReceiveMessageCommand({ QueueUrl: URL }))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('is judged by the accounts of whoever calls and of the resource', async () => {
    const policy = (more: object) => allow('sqs:SendMessage', ARN, { Principal: '*', Condition: { StringEquals: more } });
    const right = await withQueue(policy({ 'aws:PrincipalAccount': '123456789012', 'aws:ResourceAccount': OTHER }));
    await right.home.send(send);
    const wrong = await withQueue(policy({ 'aws:PrincipalAccount': OTHER }));
    await expect(wrong.home.send(send)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  // SQS Developer Guide, "Limitations of Amazon SQS custom policies": cross-account permissions don't apply to SetQueueAttributes.
  it('is not changed from another account, whatever its policy says', async () => {
    const { home, own } = await withQueue(allow('sqs:*', ARN, { Principal: '*' }));
    const change = new SetQueueAttributesCommand({ QueueUrl: URL, Attributes: { DelaySeconds: '5' } });
    await expect(home.send(change)).rejects.toMatchObject({ name: 'AccessDenied' });
    await own.send(change);
  });

  it('is refused where it has no policy, also to an administrator', async () => {
    const { home } = await withQueue();
    await expect(home.send(send)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `${WHO} sqs:sendmessage on resource: ${ARN} because no resource-based policy allows the sqs:sendmessage action`,
    });
  });

  it('is refused where its policy names a third account', async () => {
    const { home } = await withQueue(allow('sqs:SendMessage', ARN, { Principal: { AWS: '555566667777' } }));
    await expect(home.send(send)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('is not taken for an own one of the same name', async () => {
    const cloud = await testCloud();
    await new ECSClient(cloud.access()).send(new CreateClusterCommand({ clusterName: 'main' }));
    const services = (place: string) =>
      new ECSClient(cloud.access()).send(
        new DescribeServicesCommand({ cluster: `arn:aws:ecs:${place}:cluster/main`, services: ['api'] }),
      );
    expect((await services('eu-west-1:123456789012')).failures).toMatchObject([{ reason: 'MISSING' }]);
    await expect(services(`eu-west-1:${OTHER}`)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`ecs:DescribeServices on resource: arn:aws:ecs:eu-west-1:${OTHER}:service/main/api`),
    });
    // As users report it: github.com/aws-samples/ecs-bg-external-controller, issue 9.
    await expect(services('us-east-1:123456789012')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid Region in ARN',
    });
    const dynamodb = new DynamoDBClient(cloud.access());
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'items',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
      }),
    );
    const get = (place: string) =>
      dynamodb.send(new GetItemCommand({ TableName: `arn:aws:dynamodb:${place}:table/items`, Key: { k: { S: 'a' } } }));
    expect((await get('eu-west-1:123456789012')).Item).toBeUndefined();
    await expect(get(`eu-west-1:${OTHER}`)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(get('us-east-1:123456789012')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const FunctionName = `arn:aws:lambda:eu-west-1:${OTHER}:function:f`;
    await expect(new LambdaClient(cloud.access()).send(new InvokeCommand({ FunctionName }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(FunctionName),
    });
  });
});
