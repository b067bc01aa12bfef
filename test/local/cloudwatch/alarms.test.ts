import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../local/clock.ts';
import { createCloudWatchStore } from '../../../local/cloudwatch/store.ts';
import { HOME } from '../../../local/place.ts';
import type { ServiceEvent } from '../../../local/ports.ts';
import { type Action, loadActions } from '../../../local/service.ts';
import { schemaProblem } from '../../scenarios/schemas.ts';

const context = {
  caller: { account: '123456789012', region: 'eu-west-1', accessKeyId: 'k', arn: 'a' },
  requestId: 'r',
  endpoint: 'http://x',
};

const METRIC = {
  AlarmName: 'errors',
  MetricName: 'Errors',
  Namespace: 'App',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  Dimensions: [{ Name: 'Service', Value: 'api' }],
};

const cloudwatch = async () => {
  const clock = manualClock(Date.parse('2026-03-01T12:00:00.123Z'));
  const told: ServiceEvent[] = [];
  const store = createCloudWatchStore({
    clock,
    place: HOME,
    random: () => 0.5,
    events: { publish: (event) => void told.push(event) },
  });
  const actions = await loadActions<typeof store>(new URL('../../../local/cloudwatch/actions/', import.meta.url));
  const call = async (name: string, input: object): Promise<Record<string, never>> => {
    const action: Action<typeof store> | undefined = actions[name];
    return (await action?.(store, { ...input }, context)) as Record<string, never>;
  };
  const set = (AlarmName: string, StateValue: string) => call('SetAlarmState', { AlarmName, StateValue, StateReason: 'test' });
  return { clock, told, call, set };
};

describe('an alarm', () => {
  it('begins with INSUFFICIENT_DATA and changes by SetAlarmState alone', async () => {
    const { call, set } = await cloudwatch();
    await call('PutMetricAlarm', METRIC);
    expect(await call('DescribeAlarms', {})).toMatchObject({
      MetricAlarms: [{ AlarmName: 'errors', StateValue: 'INSUFFICIENT_DATA' }],
    });
    await set('errors', 'ALARM');
    expect(await call('DescribeAlarms', { AlarmNames: ['errors'] })).toMatchObject({
      MetricAlarms: [
        { StateValue: 'ALARM', StateReason: 'test', StateUpdatedTimestamp: Date.parse('2026-03-01T12:00:00.123Z') / 1000 },
      ],
    });
  });

  it("tells each change, and only changes, in AWS's form", async () => {
    const { call, set, told } = await cloudwatch();
    await call('PutMetricAlarm', METRIC);
    await set('errors', 'ALARM');
    await set('errors', 'ALARM');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors'],
      detail: {
        alarmName: 'errors',
        state: { value: 'ALARM', reason: 'test', timestamp: '2026-03-01T12:00:00.123+0000' },
        previousState: { value: 'INSUFFICIENT_DATA' },
        configuration: {
          metrics: [
            {
              metricStat: {
                metric: { namespace: 'App', name: 'Errors', dimensions: { Service: 'api' } },
                period: 60,
                stat: 'Sum',
              },
            },
          ],
        },
      },
    });
    expect(schemaProblem('CloudWatchAlarmStateChange', told[0]?.detail)).toBeUndefined();
  });

  it('of several follows its rule', async () => {
    const { call, set, told, clock } = await cloudwatch();
    for (const AlarmName of ['a', 'b', 'c']) await call('PutMetricAlarm', { ...METRIC, AlarmName });
    await call('PutCompositeAlarm', { AlarmName: 'all', AlarmRule: 'ALARM(a) AND (ALARM("b") OR NOT OK(c))' });
    await clock.settle();
    const state = async () =>
      (await call('DescribeAlarms', { AlarmNames: ['all'], AlarmTypes: ['CompositeAlarm'] })) as {
        CompositeAlarms?: { StateValue: string }[];
      };
    const states: string[] = [];
    for (const [name, value] of [
      ['c', 'OK'],
      ['a', 'ALARM'],
      ['b', 'ALARM'],
      ['b', 'OK'],
      ['c', 'ALARM'],
      ['a', 'OK'],
    ] as const) {
      await set(name, value);
      states.push((await state()).CompositeAlarms?.[0]?.StateValue ?? '');
    }
    expect(states).toEqual(['OK', 'OK', 'ALARM', 'OK', 'ALARM', 'OK']);
    expect(told.filter(({ detail }) => detail['alarmName'] === 'all').length).toBeGreaterThan(3);
  });

  it('of both kinds is told of only when both are asked for', async () => {
    const { call } = await cloudwatch();
    await call('PutMetricAlarm', METRIC);
    await call('PutCompositeAlarm', { AlarmName: 'all', AlarmRule: 'ALARM(errors)' });
    expect(await call('DescribeAlarms', {})).toMatchObject({ CompositeAlarms: [] });
    expect(await call('DescribeAlarms', { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })).toMatchObject({
      CompositeAlarms: [{ AlarmName: 'all' }],
      MetricAlarms: [{ AlarmName: 'errors' }],
    });
  });

  it("is named by its ARN too, but another place's of the same name is not it", async () => {
    const { call } = await cloudwatch();
    await call('PutMetricAlarm', METRIC);
    const follow = (place: string) =>
      call('PutCompositeAlarm', { AlarmName: 'all', AlarmRule: `ALARM(arn:aws:cloudwatch:${place}:alarm:errors)` });
    await follow('eu-west-1:123456789012');
    for (const place of ['us-east-1:123456789012', 'eu-west-1:222233334444'])
      await expect(follow(place)).rejects.toMatchObject({ code: 'ValidationError' });
  });

  it.each([
    ['SetAlarmState', { AlarmName: 'nobody', StateValue: 'OK', StateReason: 'x' }, 'ResourceNotFound'],
    ['SetAlarmState', { AlarmName: 'nobody', StateValue: 'RED', StateReason: 'x' }, 'ValidationError'],
    ['PutMetricAlarm', { ...METRIC, AlarmActions: ['arn:aws:sns:eu-west-1:123456789012:x'] }, 'ValidationError'],
    ['PutMetricAlarm', { AlarmName: 'x' }, 'ValidationError'],
    ['PutCompositeAlarm', { AlarmName: 'x', AlarmRule: 'ALARM(nobody)' }, 'ValidationError'],
    ['PutCompositeAlarm', { AlarmName: 'x', AlarmRule: 'ALARM(' }, 'ValidationError'],
    ['DeleteAlarms', { AlarmNames: ['nobody'] }, 'ResourceNotFound'],
  ])('%s %j is refused: %s', async (name, input, code) => {
    const { call } = await cloudwatch();
    await expect(call(name, input)).rejects.toMatchObject({ code });
  });
});

// User Guide, "CloudWatch service quotas": 5,000 alarms; API reference, PutCompositeAlarm: "in as many as 150 composite alarms".
describe('a quota', () => {
  it('lets an account have 5,000 alarms, which may be put again', async () => {
    const { call } = await cloudwatch();
    for (let count = 0; count < 5000; count += 1) await call('PutMetricAlarm', { ...METRIC, AlarmName: `a${count}` });
    await expect(call('PutMetricAlarm', { ...METRIC, AlarmName: 'more' })).rejects.toMatchObject({ code: 'LimitExceededFault' });
    await expect(call('PutCompositeAlarm', { AlarmName: 'more', AlarmRule: 'FALSE' })).rejects.toMatchObject({
      code: 'LimitExceededFault',
    });
    await call('PutMetricAlarm', { ...METRIC, AlarmName: 'a0' });
  });

  it('lets an alarm be in 150 composite alarms', async () => {
    const { call } = await cloudwatch();
    await call('PutMetricAlarm', METRIC);
    const put = (AlarmName: string) => call('PutCompositeAlarm', { AlarmName, AlarmRule: 'ALARM(errors)' });
    for (let count = 0; count < 150; count += 1) await put(`c${count}`);
    await expect(put('more')).rejects.toMatchObject({ code: 'LimitExceededFault' });
    await put('c0');
  });
});
