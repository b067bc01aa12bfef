import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { CreateClusterCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { EventBridgeClient, ListEventBusesCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { accessKeyOf } from '../../../local/lambda/identity.ts';
import { inProcessLoader } from '../../../local/lambda/in-process-loader.ts';
import { lambda, queue, role, stackOf } from '../stack/stack-builder.ts';
import { testCloud } from './cloud-builder.ts';

describe('the local cloud', () => {
  it('answers the SDK’s client of each service', async () => {
    const { access } = await testCloud();
    expect((await new SQSClient(access()).send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
    expect((await new DynamoDBClient(access()).send(new ListTablesCommand({}))).TableNames).toEqual([]);
    expect((await new CloudWatchClient(access()).send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
    const { EventBuses } = await new EventBridgeClient(access()).send(new ListEventBusesCommand({}));
    expect(EventBuses?.map(({ Name }) => Name)).toEqual(['default']);
    const ecs = new ECSClient(access());
    await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
    expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([
      'arn:aws:ecs:eu-west-1:123456789012:cluster/prod',
    ]);
    expect((await new ECRClient(access()).send(new DescribeRepositoriesCommand({}))).repositories).toEqual([]);
    expect((await new LambdaClient(access()).send(new ListFunctionsCommand({}))).Functions).toEqual([]);
    expect((await new STSClient(access()).send(new GetCallerIdentityCommand({}))).Account).toBe('123456789012');
  });

  it('is another one each time', async () => {
    const first = await testCloud();
    await stackOf(first, { Jobs: queue({ QueueName: 'jobs' }) });
    const second = await testCloud();
    expect((await new SQSClient(second.access()).send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
  });

  it('knows a function by its access key, in its role', async () => {
    const cloud = await testCloud();
    await stackOf(cloud, {
      Role: { ...role, Properties: { ...role.Properties, RoleName: 'deployer', Path: '/pipeline/' } },
      Worker: lambda({ Role: { 'Fn::GetAtt': ['Role', 'Arn'] } }),
    });
    const who = async (accessKeyId: string) =>
      new STSClient(cloud.access({ accessKeyId })).send(new GetCallerIdentityCommand({}));
    // IAM user guide, reference_identifiers: AROA is a role's prefix; an assumed role's ARN has no path
    expect(await who(accessKeyOf('worker'))).toMatchObject({
      Arn: 'arn:aws:sts::123456789012:assumed-role/deployer/worker',
      UserId: expect.stringMatching(/^AROA[0-9A-Z]{17}:worker$/),
    });
    expect((await who('AKIAANYBODY')).Arn).toBe('arn:aws:iam::123456789012:user/local');
  });

  it('ends its functions when it stops', async () => {
    const lifetimes: AbortSignal[] = [];
    const calls: unknown[] = [];
    const cloud = await testCloud(
      undefined,
      inProcessLoader((_, lifetime) => {
        lifetimes.push(lifetime);
        return (event) => calls.push(event);
      }),
    );
    await stackOf(cloud, {
      Jobs: queue({ QueueName: 'jobs' }),
      Worker: lambda(),
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: { 'Fn::GetAtt': ['Jobs', 'Arn'] }, FunctionName: { Ref: 'Worker' } },
      },
    });
    const sqs = new SQSClient(cloud.access());
    const send = () => sqs.send(new SendMessageCommand({ QueueUrl: 'http://x/123456789012/jobs', MessageBody: 'hi' }));
    await send();
    await cloud.clock.settle();
    await cloud.stop();
    await send();
    await cloud.clock.settle();
    expect(calls).toHaveLength(1);
    expect(lifetimes.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
