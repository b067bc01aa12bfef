import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../local/clock.ts';
import { AwsError } from '../../../local/errors.ts';
import { createEventsStore } from '../../../local/events/store.ts';
import { HOME } from '../../../local/place.ts';
import type { Queues } from '../../../local/ports.ts';
import { loadActions } from '../../../local/service.ts';
import { everythingAllowed } from '../permissions.ts';

const context = {
  caller: { account: '123456789012', region: 'eu-west-1', accessKeyId: 'k', arn: 'a' },
  requestId: 'r',
  endpoint: 'http://x',
};
const arn = (queue: string) => `arn:aws:sqs:eu-west-1:123456789012:${queue}`;

/** Queues that keep what is sent to them, and fail as often as they are told to. */
const queues = () => {
  const sent: { queue: string; body: string; groupId?: string; attributes?: Readonly<Record<string, string>> }[] = [];
  const failures = { left: 0 };
  const port: Queues = {
    visibilityTimeout: () => 30,
    exists: (queue) => queue !== arn('missing'),
    send(queue, { body, groupId, attributes }) {
      if (queue === arn('missing')) throw new AwsError('QueueDoesNotExist', 'no');
      if (queue === arn('main') && failures.left > 0) {
        failures.left -= 1;
        throw new AwsError('InternalFailure', 'not now', { status: 500 });
      }
      sent.push({
        queue,
        body,
        ...(groupId === undefined ? {} : { groupId }),
        ...(attributes === undefined ? {} : { attributes }),
      });
      return { messageId: 'm' };
    },
    receive: () => [],
    delete: () => undefined,
    onAvailable: () => () => undefined,
  };
  return { sent, failures, port };
};

const eventbridge = async () => {
  const clock = manualClock(Date.parse('2026-03-01T12:00:00.500Z'));
  const { sent, failures, port } = queues();
  const invoked: unknown[] = [];
  const store = createEventsStore({
    clock,
    place: HOME,
    elsewhere: () => undefined,
    random: () => 0.25,
    queues: port,
    permissions: everythingAllowed,
    functions: { ask: async () => ({ problem: 'nobody asks' }), invokeLater: (_, payload) => void invoked.push(payload) },
  });
  const actions = await loadActions<typeof store>(new URL('../../../local/events/actions/', import.meta.url));
  // biome-ignore lint/suspicious/noExplicitAny: an answer of AWS is read member by member
  const call = async (name: string, input: object): Promise<any> => actions[name]?.(store, { ...input }, context);
  const subscribe = async (target: object, more: object = {}) => {
    await call('PutRule', { Name: 'r', EventPattern: '{"source":["ci"]}', ...more });
    await call('PutTargets', { Rule: 'r', Targets: [{ Id: 't', Arn: arn('main'), ...target }] });
  };
  const put = (detail: object = { a: 1 }) =>
    call('PutEvents', { Entries: [{ Source: 'ci', DetailType: 'T', Detail: JSON.stringify(detail) }] });
  return { clock, sent, failures, invoked, store, call, subscribe, put };
};

describe('a delivery', () => {
  it('carries the whole envelope, its time in whole seconds', async () => {
    const { clock, sent, subscribe, put } = await eventbridge();
    await subscribe({});
    await put();
    await clock.settle();
    expect(JSON.parse(sent[0]?.body ?? '{}')).toMatchObject({
      version: '0',
      'detail-type': 'T',
      source: 'ci',
      account: '123456789012',
      time: '2026-03-01T12:00:00Z',
      region: 'eu-west-1',
      resources: [],
      detail: { a: 1 },
    });
  });

  it('that fails is tried again, later each time, and goes to the dead-letter queue when the policy has had enough', async () => {
    const { clock, sent, failures, subscribe, put } = await eventbridge();
    await subscribe({ RetryPolicy: { MaximumRetryAttempts: 3 }, DeadLetterConfig: { Arn: arn('dead') } });
    failures.left = 3;
    await put();
    await clock.advance(10_000);
    expect(sent.map(({ queue }) => queue)).toEqual([arn('main')]);
    failures.left = 99;
    await put();
    await clock.advance(60_000);
    expect(sent.map(({ queue }) => queue)).toEqual([arn('main'), arn('dead')]);
    expect(failures.left).toBe(99 - 4);
    // User Guide, "Using dead-letter queues to process undelivered events": what each message carries.
    expect(sent[1]?.attributes).toEqual({
      RULE_ARN: 'arn:aws:events:eu-west-1:123456789012:rule/r',
      TARGET_ARN: arn('main'),
      ERROR_CODE: 'ERROR_FROM_TARGET',
      ERROR_MESSAGE: 'not now',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      RETRY_ATTEMPTS: '3',
    });
  });

  it('that is older than the policy allows goes to the dead-letter queue', async () => {
    const { clock, sent, failures, subscribe, put } = await eventbridge();
    await subscribe({ RetryPolicy: { MaximumEventAgeInSeconds: 60 }, DeadLetterConfig: { Arn: arn('dead') } });
    failures.left = 99;
    await put();
    await clock.advance(61_000);
    // After pauses of 1, 2, 4, 8 and 16 seconds the next, of 32, would end later than 60 seconds after the event.
    expect(sent.map(({ attributes }) => attributes)).toMatchObject([
      { EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds', RETRY_ATTEMPTS: '5' },
    ]);
  });

  it('to a queue that does not exist goes to the dead-letter queue at once', async () => {
    const { clock, sent, subscribe, put } = await eventbridge();
    await subscribe({ Arn: arn('missing'), DeadLetterConfig: { Arn: arn('dead') } });
    await put();
    await clock.settle();
    expect(sent.map(({ queue }) => queue)).toEqual([arn('dead')]);
  });

  it('may be a part of the event, or made from it (User Guide, "Input transformation")', async () => {
    const { clock, sent, subscribe, put } = await eventbridge();
    await subscribe({ InputPath: '$.detail.name' });
    await put({ name: 'x' });
    await clock.settle();
    await subscribe({
      InputTransformer: {
        InputPathsMap: { name: '$.detail.name', count: '$.detail.count' },
        InputTemplate: '{"who": <name>, "count": <count>, "rule": "<aws.events.rule-name>"}',
      },
    });
    await put({ name: 'x', count: 3 });
    await clock.settle();
    await subscribe({ InputTransformer: { InputPathsMap: { name: '$.detail.name' }, InputTemplate: '"hello <name>"' } });
    await put({ name: 'x' });
    await clock.settle();
    expect(sent.map(({ body }) => body)).toEqual(['"x"', '{"who":"x","count":3,"rule":"r"}', '"hello x"']);
  });

  it('goes to a FIFO queue in its group, and on to another bus', async () => {
    const { clock, sent, call, subscribe, put } = await eventbridge();
    await subscribe({ Arn: arn('q.fifo'), SqsParameters: { MessageGroupId: 'g' } });
    await call('CreateEventBus', { Name: 'other' });
    await call('PutRule', { Name: 'all', EventBusName: 'other', EventPattern: '{"source":[{"exists":true}]}' });
    await call('PutTargets', { Rule: 'all', EventBusName: 'other', Targets: [{ Id: 't', Arn: arn('main') }] });
    await call('PutTargets', {
      Rule: 'r',
      Targets: [{ Id: 'bus', Arn: 'arn:aws:events:eu-west-1:123456789012:event-bus/other' }],
    });
    await put();
    await clock.settle();
    expect(sent.map(({ queue, groupId }) => `${queue} ${groupId}`).sort()).toEqual([
      `${arn('main')} undefined`,
      `${arn('q.fifo')} g`,
    ]);
  });
});

describe('PutEvents', () => {
  it('answers each entry by itself (API reference, PutEvents)', async () => {
    const { call } = await eventbridge();
    const answer = await call('PutEvents', {
      Entries: [
        { Source: 'ci', DetailType: 'T', Detail: '{}' },
        { Source: 'ci', DetailType: 'T', Detail: 'no json' },
        { Source: 'aws.ecs', DetailType: 'T', Detail: '{}' },
        { DetailType: 'T', Detail: '{}' },
      ],
    });
    expect(answer.FailedEntryCount).toBe(3);
    expect(
      answer.Entries.map(({ EventId, ErrorCode }: { EventId?: string; ErrorCode?: string }) => ErrorCode ?? typeof EventId),
    ).toEqual(['string', 'MalformedDetail', 'NotAuthorizedForSourceException', 'InvalidArgument']);
  });

  it.each([
    ['no entries', []],
    ['eleven', Array.from({ length: 11 }, () => ({ Source: 'ci', DetailType: 'T', Detail: '{}' }))],
    ['1 MB', [{ Source: 'ci', DetailType: 'T', Detail: JSON.stringify({ x: 'x'.repeat(1024 * 1024) }) }]],
  ])('refuses %s', async (_, Entries) => {
    const { call } = await eventbridge();
    await expect(call('PutEvents', { Entries })).rejects.toMatchObject({ code: 'ValidationException' });
  });
});

describe('a schedule', () => {
  it('runs at its rate while it is enabled', async () => {
    const { clock, invoked, call } = await eventbridge();
    await call('PutRule', { Name: 's', ScheduleExpression: 'rate(1 minute)' });
    await call('PutTargets', { Rule: 's', Targets: [{ Id: 'f', Arn: 'arn:aws:lambda:eu-west-1:123456789012:function:f' }] });
    await clock.advance(150_000);
    expect(invoked).toHaveLength(2);
    expect(invoked[0]).toMatchObject({ 'detail-type': 'Scheduled Event', source: 'aws.events' });
    await call('DisableRule', { Name: 's' });
    await clock.advance(600_000);
    expect(invoked).toHaveLength(2);
  });

  it('runs at the times of a cron expression', async () => {
    const { clock, invoked, call } = await eventbridge();
    await call('PutRule', { Name: 's', ScheduleExpression: 'cron(0/15 12 * * ? *)' });
    await call('PutTargets', { Rule: 's', Targets: [{ Id: 'f', Arn: 'arn:aws:lambda:eu-west-1:123456789012:function:f' }] });
    await clock.advance(24 * 3_600_000 - 1000);
    expect(invoked.map((event) => (event as { time: string }).time)).toEqual([
      '2026-03-01T12:15:00Z',
      '2026-03-01T12:30:00Z',
      '2026-03-01T12:45:00Z',
    ]);
    await clock.advance(1000);
    expect(invoked).toHaveLength(4);
  });
});

describe('what is refused', () => {
  it.each([
    ['PutRule', { Name: 'x' }, 'ValidationException'],
    ['PutRule', { Name: 'x', EventPattern: '{"a": "b"}' }, 'InvalidEventPatternException'],
    ['PutRule', { Name: 'x', ScheduleExpression: 'rate(1 minutes)' }, 'ValidationException'],
    ['PutRule', { Name: 'x', ScheduleExpression: 'cron(0 12 * * * *)' }, 'ValidationException'],
    ['PutRule', { Name: 'x', EventPattern: '{"a":["b"]}', EventBusName: 'nowhere' }, 'ResourceNotFoundException'],
    ['PutTargets', { Rule: 'nobody', Targets: [{ Id: 't', Arn: arn('main') }] }, 'ResourceNotFoundException'],
    ['DeleteEventBus', { Name: 'default' }, 'ValidationException'],
    ['TestEventPattern', { EventPattern: '{"a":["b"]}', Event: '{}' }, 'ValidationException'],
  ])('%s %j: %s', async (name, input, code) => {
    const { call } = await eventbridge();
    await expect(call(name, input)).rejects.toMatchObject({ code });
  });

  it.each([
    ['a FIFO queue without a group', { Arn: arn('q.fifo') }],
    ['another kind of target', { Arn: 'arn:aws:sns:eu-west-1:123456789012:t' }],
    ['a parameter', { EcsParameters: {} }],
  ])('a target with %s', async (_, target) => {
    const { call } = await eventbridge();
    await call('PutRule', { Name: 'r', EventPattern: '{"source":["ci"]}' });
    await expect(call('PutTargets', { Rule: 'r', Targets: [{ Id: 't', Arn: arn('main'), ...target }] })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});
