import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { type TestCloud, testCloud } from '../cloud/cloud-builder.ts';

const HUB = { accessKeyId: '123456789012', region: 'eu-west-1' };
const SPOKE = { accessKeyId: '222233334444', region: 'us-east-1' };
const THIRD = { accessKeyId: '555566667777', region: 'us-east-1' };
type Where = typeof HUB;

const busOf = ({ accessKeyId, region }: Where, name = 'default') => `arn:aws:events:${region}:${accessKeyId}:event-bus/${name}`;
const roleOf = ({ accessKeyId }: Where, name = 'sender') => `arn:aws:iam::${accessKeyId}:role/${name}`;
const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const trusts = (Service: string, more: object = {}) =>
  document({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole', ...more });

const events = (cloud: TestCloud, where: Where) => new EventBridgeClient(cloud.access(where));

/** The role that a rule's target is given. */
const sender = async (
  cloud: TestCloud,
  where: Where,
  { trust = trusts('events.amazonaws.com'), may = 'arn:aws:events:*' } = {},
) => {
  const iam = new IAMClient(cloud.access(where));
  await iam.send(new CreateRoleCommand({ RoleName: 'sender', AssumeRolePolicyDocument: trust }));
  const PolicyDocument = document({ Effect: 'Allow', Action: 'events:PutEvents', Resource: `${may}:event-bus/*` });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'sender', PolicyName: 'puts', PolicyDocument }));
};

/** The statement of User Guide, "Permissions for event buses", for an account. */
const admits = (cloud: TestCloud, where: Where, from: Where, more: object = {}, name = 'default') =>
  events(cloud, where).send(
    new PutPermissionCommand({
      EventBusName: name,
      Policy: document({
        Sid: 'spokes',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${from.accessKeyId}:root` },
        Action: 'events:PutEvents',
        Resource: busOf(where, name),
        ...more,
      }),
    }),
  );

/** A rule that sends what fits on to another bus. */
const forwards = async (cloud: TestCloud, from: Where, to: string, more: object = {}, bus = 'default') => {
  const client = events(cloud, from);
  const EventPattern = '{"source":["aws.cloudwatch","ci"]}';
  await client.send(new PutRuleCommand({ Name: 'forward', EventBusName: bus, EventPattern }));
  await client.send(
    new PutTargetsCommand({
      Rule: 'forward',
      EventBusName: bus,
      Targets: [{ Id: 'bus', Arn: to, RoleArn: roleOf(from), ...more }],
    }),
  );
};

const queueIn = async (cloud: TestCloud, where: Where, name: string) => {
  const sqs = new SQSClient(cloud.access(where));
  const Resource = `arn:aws:sqs:${where.region}:${where.accessKeyId}:${name}`;
  const Policy = document({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource,
  });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { Policy } }));
  const read = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    return Messages;
  };
  return { arn: Resource, read };
};

/** A queue that hears of everything that a bus is sent. */
const hears = async (cloud: TestCloud, where: Where, bus = 'default') => {
  const { arn, read } = await queueIn(cloud, where, 'heard');
  const client = events(cloud, where);
  const EventPattern = '{"source":["aws.cloudwatch","ci"]}';
  await client.send(new PutRuleCommand({ Name: 'hear', EventBusName: bus, EventPattern }));
  await client.send(new PutTargetsCommand({ Rule: 'hear', EventBusName: bus, Targets: [{ Id: 'q', Arn: arn }] }));
  return async () => (await read()).map(({ Body }) => JSON.parse(Body ?? ''));
};

/** AWS itself emits an event in that place. */
const rings = async (cloud: TestCloud, where: Where) => {
  const cloudwatch = new CloudWatchClient(cloud.access(where));
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'api-5xx',
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'HTTPCode_Target_5XX_Count',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'api-5xx', StateValue: 'ALARM', StateReason: 'test' }));
  await cloud.clock.advance(1000);
};

/** User Guide, "Sending and receiving events between AWS accounts in Amazon EventBridge". */
describe("an event for another place's bus", () => {
  it("arrives as it was, with its origin's account and region", async () => {
    const cloud = await testCloud();
    const heard = await hears(cloud, HUB);
    await sender(cloud, SPOKE);
    await admits(cloud, HUB, SPOKE);
    await forwards(cloud, SPOKE, busOf(HUB));
    await rings(cloud, SPOKE);
    expect(await heard()).toMatchObject([
      {
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        account: '222233334444',
        region: 'us-east-1',
        resources: ['arn:aws:cloudwatch:us-east-1:222233334444:alarm:api-5xx'],
        detail: { alarmName: 'api-5xx' },
      },
    ]);
    expect(cloud.logged).toEqual([]);
  });

  it('stays on the bus of its own place without a rule', async () => {
    const cloud = await testCloud();
    const heard = await hears(cloud, HUB);
    await rings(cloud, SPOKE);
    await rings(cloud, { ...HUB, region: 'us-east-1' });
    expect(await heard()).toEqual([]);
    await rings(cloud, HUB);
    expect(await heard()).toMatchObject([{ account: '123456789012', region: 'eu-west-1' }]);
  });

  it('reaches another region of the same account by the role alone', async () => {
    const cloud = await testCloud();
    const there = { ...HUB, region: 'us-east-1' };
    const heard = await hears(cloud, HUB);
    await sender(cloud, HUB);
    await forwards(cloud, there, busOf(HUB));
    await rings(cloud, there);
    expect(await heard()).toMatchObject([{ account: '123456789012', region: 'us-east-1' }]);
  });

  const CONDITIONS = {
    StringEquals: { 'events:source': 'aws.cloudwatch', 'events:detail-type': 'CloudWatch Alarm State Change' },
    Bool: { 'events:eventBusInvocation': 'true' },
    ArnLike: { 'aws:SourceArn': 'arn:aws:events:us-east-1:222233334444:rule/forward' },
  };

  it.each<[string, { trust?: string; may?: string }, object | undefined, boolean]>([
    ['whose policy has conditions that hold: arrives', {}, { Condition: CONDITIONS }, true],
    [
      'by a role that only this rule can have assumed: arrives',
      {
        trust: trusts('events.amazonaws.com', {
          Condition: {
            StringEquals: { 'aws:SourceAccount': '222233334444' },
            ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:222233334444:rule/forward' },
          },
        }),
      },
      {},
      true,
    ],
    ['whose policy names the role: arrives', {}, { Principal: { AWS: roleOf(SPOKE) } }, true],
    ['whose policy names another role: does not arrive', {}, { Principal: { AWS: roleOf(SPOKE, 'other') } }, false],
    ['that has no policy: does not arrive', {}, undefined, false],
    ['whose policy names another account: does not arrive', {}, { Principal: { AWS: '555566667777' } }, false],
    [
      'whose policy wants another source: does not arrive',
      {},
      { Condition: { StringEquals: { 'events:source': 'aws.ecs' } } },
      false,
    ],
    [
      'whose policy wants another detail type: does not arrive',
      {},
      { Condition: { StringEquals: { 'events:detail-type': 'ECS Task State Change' } } },
      false,
    ],
    [
      'whose policy wants direct calls only: does not arrive',
      {},
      { Condition: { Bool: { 'events:eventBusInvocation': 'false' } } },
      false,
    ],
    [
      'whose policy wants another rule: does not arrive',
      {},
      { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/other' } } },
      false,
    ],
    ["by a role that may not: doesn't arrive", { may: 'arn:aws:events:eu-west-1:222233334444' }, {}, false],
    ['by a role that EventBridge cannot assume: does not arrive', { trust: trusts('lambda.amazonaws.com') }, {}, false],
    [
      'by a role that only another account of EventBridge can assume: does not arrive',
      { trust: trusts('events.amazonaws.com', { Condition: { StringEquals: { 'aws:SourceAccount': '555566667777' } } }) },
      {},
      false,
    ],
  ])('%s', async (_, role, policy, arrives) => {
    const cloud = await testCloud();
    const heard = await hears(cloud, HUB);
    const dead = await queueIn(cloud, SPOKE, 'dead');
    await sender(cloud, SPOKE, role);
    if (policy !== undefined) await admits(cloud, HUB, SPOKE, policy);
    await forwards(cloud, SPOKE, busOf(HUB), { DeadLetterConfig: { Arn: dead.arn } });
    await rings(cloud, SPOKE);
    expect(await heard()).toHaveLength(arrives ? 1 : 0);
    const given = (await dead.read()).map(({ MessageAttributes }) => MessageAttributes?.['ERROR_CODE']?.StringValue);
    // User Guide, "Using dead-letter queues": the error codes.
    expect(given).toEqual(arrives ? [] : ['NO_PERMISSIONS']);
    expect(cloud.logged).toHaveLength(arrives ? 0 : 1);
  });

  it('of a bus that is not there goes to the dead-letter queue', async () => {
    const cloud = await testCloud();
    const there = { ...HUB, region: 'us-east-1' };
    const dead = await queueIn(cloud, there, 'dead');
    await sender(cloud, HUB);
    await forwards(cloud, there, busOf(HUB, 'nobody'), { DeadLetterConfig: { Arn: dead.arn } });
    await rings(cloud, there);
    const given = (await dead.read()).map(({ MessageAttributes }) => MessageAttributes?.['ERROR_CODE']?.StringValue);
    expect(given).toEqual(['NO_RESOURCE']);
  });

  it('needs a role: the target is refused without one', async () => {
    const cloud = await testCloud();
    await expect(forwards(cloud, SPOKE, busOf(HUB), { RoleArn: undefined })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(`RoleArn is required for target ${busOf(HUB)}`),
    });
  });

  it('is not caught by a rule on it from another region', async () => {
    const cloud = await testCloud();
    const rule = { Name: 'r', EventPattern: '{"source":["ci"]}', EventBusName: busOf(HUB) };
    await events(cloud, HUB).send(new PutRuleCommand(rule));
    await expect(events(cloud, { ...HUB, region: 'us-east-1' }).send(new PutRuleCommand(rule))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it("needs a role of the rule's own account", async () => {
    const cloud = await testCloud();
    await sender(cloud, HUB);
    await expect(forwards(cloud, SPOKE, busOf(HUB), { RoleArn: roleOf(HUB) })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('iam:PassRole'),
    });
  });
});

describe('an event that another bus has sent', () => {
  it('is not sent on to a third account', async () => {
    const cloud = await testCloud();
    const heard = await hears(cloud, THIRD);
    await sender(cloud, SPOKE);
    await sender(cloud, HUB);
    await admits(cloud, HUB, SPOKE);
    await admits(cloud, THIRD, HUB);
    await forwards(cloud, SPOKE, busOf(HUB));
    await forwards(cloud, HUB, busOf(THIRD));
    await rings(cloud, SPOKE);
    expect(await heard()).toEqual([]);
    expect(cloud.logged).toEqual([
      `eventbridge not delivered: CloudWatch Alarm State Change to ${busOf(THIRD)} by rule forward: it has come from another bus`,
    ]);
    await rings(cloud, HUB);
    expect(await heard()).toMatchObject([{ account: '123456789012' }]);
  });

  it('is not sent on to a third bus of one account either', async () => {
    const cloud = await testCloud();
    for (const Name of ['second', 'third']) await events(cloud, HUB).send(new CreateEventBusCommand({ Name }));
    const heard = await hears(cloud, HUB, 'third');
    await sender(cloud, HUB);
    await forwards(cloud, HUB, busOf(HUB, 'second'));
    await forwards(cloud, HUB, busOf(HUB, 'third'), {}, 'second');
    await rings(cloud, HUB);
    expect(await heard()).toEqual([]);
  });
});

describe('PutEvents', () => {
  const put = (cloud: TestCloud, where: Where, more: object = {}) =>
    events(cloud, where).send(
      new PutEventsCommand({ Entries: [{ Source: 'ci', DetailType: 'T', Detail: '{}', EventBusName: busOf(HUB), ...more }] }),
    );

  it("reaches another account's bus that admits the caller's", async () => {
    const cloud = await testCloud();
    const heard = await hears(cloud, HUB);
    const from = { ...SPOKE, region: 'eu-west-1' };
    await expect(put(cloud, from)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await admits(cloud, HUB, SPOKE, { Condition: { Bool: { 'events:eventBusInvocation': 'false' } } });
    expect((await put(cloud, from)).FailedEntryCount).toBe(0);
    await cloud.clock.advance(1000);
    expect(await heard()).toMatchObject([{ source: 'ci', account: '222233334444', region: 'eu-west-1' }]);
  });

  it('does not reach another region', async () => {
    const cloud = await testCloud();
    const { Entries } = await put(cloud, { ...HUB, region: 'us-east-1' });
    expect(Entries).toMatchObject([{ ErrorCode: 'InvalidArgument' }]);
  });

  it('cannot speak for AWS, wherever the bus is', async () => {
    const cloud = await testCloud();
    await admits(cloud, HUB, SPOKE);
    const { Entries } = await put(cloud, { ...SPOKE, region: 'eu-west-1' }, { Source: 'aws.ecs' });
    expect(Entries).toMatchObject([{ ErrorCode: 'NotAuthorizedForSourceException' }]);
  });
});
