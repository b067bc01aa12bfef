import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, it } from 'vitest';
import { startPipeline } from '../scenarios/pipeline.ts';

const SERVICE = 'adit-service-preprod';
const INBOX = 'http://cloud.test/123456789012/switchyard-inbox';

/** CI's role: anybody of the account may take it on, and it has the packaged policy alone. */
const asCi = async () => {
  const pipeline = await startPipeline({ services: [SERVICE] });
  const iam = new IAMClient(pipeline.access);
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }],
  };
  await iam.send(new CreateRoleCommand({ RoleName: 'ci', AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'ci', PolicyArn: 'arn:aws:iam::123456789012:policy/switchyard-ci' }));
  const sts = new STSClient(pipeline.access);
  const RoleArn = 'arn:aws:iam::123456789012:role/ci';
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'build-7' }));
  const credentials = { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretAccessKey ?? '' };
  return { pipeline, ci: { ...pipeline.access, credentials } };
};

describe("CI's role (S1.4)", () => {
  let ci: Awaited<ReturnType<typeof asCi>>['ci'];
  let pipeline: Awaited<ReturnType<typeof asCi>>['pipeline'];
  beforeAll(async () => {
    ({ ci, pipeline } = await asCi());
  });

  const put = (entry: object = {}, ...others: readonly object[]) => {
    const request = {
      EventBusName: 'switchyard',
      Source: 'ci',
      DetailType: 'DeployRequested',
      Detail: JSON.stringify({ environment: 'preprod', image: 'preprod:good', service: SERVICE }),
    };
    const Entries = [entry, ...others].map((changes) => ({ ...request, ...changes }));
    return new EventBridgeClient(ci).send(new PutEventsCommand({ Entries }));
  };

  it('puts its own requests on the bus, and they are deployed', async () => {
    expect(await put()).toMatchObject({ FailedEntryCount: 0 });
    expect((await pipeline.verdict()).type).toBe('DeploymentSucceeded');
  });

  const refused = 'is not authorized to perform';
  it.each([
    ['another source', { Source: 'somebody' }],
    ['our own outcomes', { Source: 'switchyard', DetailType: 'DeploymentSucceeded' }],
    ['another kind of event', { DetailType: 'PromotionCompleted' }],
    ['another bus', { EventBusName: 'default' }],
  ])('may not put %s', async (_, entry) => {
    await expect(put(entry)).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining(refused) });
    await expect(put({}, entry), 'nor beside what it may').rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it.each([
    [
      'look at a service',
      () => new ECSClient(ci).send(new DescribeServicesCommand({ cluster: 'adit-preprod', services: [SERVICE] })),
    ],
    ['change a service', () => new ECSClient(ci).send(new UpdateServiceCommand({ cluster: 'adit-preprod', service: SERVICE }))],
    ['write to the inbox', () => new SQSClient(ci).send(new SendMessageCommand({ QueueUrl: INBOX, MessageBody: '{}' }))],
    ['read the inbox', () => new SQSClient(ci).send(new ReceiveMessageCommand({ QueueUrl: INBOX }))],
    [
      'read the table',
      () => new DynamoDBClient(ci).send(new GetItemCommand({ TableName: 'switchyard', Key: { pk: { S: 'a' }, sk: { S: 'b' } } })),
    ],
    [
      'give itself more',
      () =>
        new IAMClient(ci).send(new AttachRolePolicyCommand({ RoleName: 'ci', PolicyArn: 'arn:aws:iam::123456789012:policy/x' })),
    ],
  ])('may not %s', async (_, call) => {
    await expect(call()).rejects.toMatchObject({ message: expect.stringContaining(`assumed-role/ci/build-7 ${refused}`) });
  });
});
