import { randomUUID } from 'node:crypto';
import {
  type AlarmType,
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, describe, expect, it } from 'vitest';
import { eventually, openEndpoint } from './endpoint.ts';
import { openEvents } from './event-bus.ts';
import { isLeftOut } from './left-out.ts';

const endpoint = await openEndpoint();
const cloudwatch = new CloudWatchClient(endpoint.config);
const { newQueue, subscribe, close } = openEvents(endpoint);
const left = isLeftOut('cloudwatch');

/** The wire's `ValidationError`, which the SDK's newer clients call by the modelled name. */
const INVALID = expect.stringMatching(/^Validation(Error|Exception)$/);

/** PutMetricAlarm's codes for what is wrong with a parameter; which one it is for which is not documented. */
const WRONG = expect.stringMatching(
  /^(Validation(Error|Exception)|InvalidParameter.*|MissingRequiredParameter.*|MissingParameter)$/,
);

const made = { metric: new Set<string>(), composite: [] as string[] };

afterAll(async () => {
  // A composite alarm is deleted alone, and before what it depends on.
  for (const name of made.composite.reverse()) await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
  const names = [...made.metric];
  while (names.length > 0) await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: names.splice(0, 100) }));
  cloudwatch.destroy();
  await close();
});

const nameOf = (what: string): string => `conformance-${what}-${randomUUID().slice(0, 8)}`;

const METRIC = {
  MetricName: 'Errors',
  Namespace: 'Conformance',
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  Dimensions: [{ Name: 'Service', Value: 'api' }],
  // No data keep it as it is.
  TreatMissingData: 'ignore',
} as const satisfies Partial<PutMetricAlarmCommandInput>;

const newAlarm = async (more: object = {}): Promise<string> => {
  const AlarmName = nameOf('metric');
  await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName, ...METRIC, ...more }));
  made.metric.add(AlarmName);
  return AlarmName;
};

const newComposite = async (AlarmRule: string, AlarmName = nameOf('composite')): Promise<string> => {
  await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName, AlarmRule }));
  if (!made.composite.includes(AlarmName)) made.composite.push(AlarmName);
  return AlarmName;
};

const set = (AlarmName: string, state: StateValue, more: object = {}) =>
  cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: state, StateReason: 'a test says so', ...more }));

const BOTH: AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

const find = async (AlarmName: string) => {
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [AlarmName], AlarmTypes: BOTH }),
  );
  const [alarm] = [...MetricAlarms, ...CompositeAlarms];
  return alarm;
};

const becomes = (name: string, state: StateValue) =>
  eventually(async () => expect((await find(name))?.StateValue).toBe(state), 10_000);

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html, API_DescribeAlarms.html,
// API_SetAlarmState.html, API_DeleteAlarms.html, API_EnableAlarmActions.html
describe.skipIf(left)('a metric alarm (skipped where CONFORMANCE_SKIP names cloudwatch)', () => {
  it('is described as it was put, and begins with INSUFFICIENT_DATA', async () => {
    const name = await newAlarm({ AlarmDescription: 'of a test' });
    const alarm = await find(name);
    expect(alarm).toMatchObject({
      AlarmName: name,
      AlarmArn: expect.stringMatching(new RegExp(`^arn:aws:cloudwatch:[a-z0-9-]+:[0-9]{12}:alarm:${name}$`)),
      AlarmDescription: 'of a test',
      ActionsEnabled: true,
      ...METRIC,
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: 'Unchecked: Initial alarm creation',
    });
    expect(alarm?.AlarmConfigurationUpdatedTimestamp).toBeInstanceOf(Date);
  });

  it('put again has other settings and the same state', async () => {
    // "When you update an existing alarm, its state is left unchanged, but the update completely overwrites the configuration".
    const name = await newAlarm({ AlarmDescription: 'old' });
    await set(name, 'ALARM');
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: name, ...METRIC, Threshold: 9 }));
    const alarm = await find(name);
    expect(alarm).toMatchObject({ Threshold: 9, StateValue: 'ALARM' });
    expect(alarm?.AlarmDescription).toBeUndefined();
  });

  it('is set to a state with a reason', async () => {
    const name = await newAlarm();
    await set(name, 'ALARM', { StateReasonData: '{"a":1}' });
    const first = await find(name);
    expect(first).toMatchObject({ StateValue: 'ALARM', StateReason: 'a test says so', StateReasonData: '{"a":1}' });
    expect(first?.StateUpdatedTimestamp).toBeInstanceOf(Date);
    await set(name, 'OK');
    expect(await find(name)).toMatchObject({ StateValue: 'OK' });
  });

  it('acts only while it is told to', async () => {
    const name = await newAlarm();
    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [name] }));
    expect(await find(name)).toMatchObject({ ActionsEnabled: false });
    await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: [name] }));
    expect(await find(name)).toMatchObject({ ActionsEnabled: true });
  });

  it('is deleted, with all that are named or none', async () => {
    const [one, two] = [await newAlarm(), await newAlarm()];
    await expect(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [one, 'conformance-nobody'] }))).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
    expect(await find(one)).toMatchObject({ AlarmName: one });
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [one, two] }));
    for (const name of [one, two]) made.metric.delete(name);
    expect([await find(one), await find(two)]).toEqual([undefined, undefined]);
  });

  it.each<[string, object]>([
    ['without a name', { AlarmName: '' }],
    ['with a name of 256 characters', { AlarmName: 'a'.repeat(256) }],
    ['with an operator that there is not', { ComparisonOperator: 'BiggerThan' }],
    ['without a threshold', { Threshold: undefined }],
    ['with no periods to evaluate', { EvaluationPeriods: 0 }],
    ['with a period of 45 seconds', { Period: 45 }],
    ['with a statistic that there is not', { Statistic: 'Median' }],
    ['with two statistics', { ExtendedStatistic: 'p99' }],
    ['without a statistic', { Statistic: undefined }],
    ['with more datapoints than periods', { DatapointsToAlarm: 2 }],
    ['over more than a day of periods of 5 minutes', { EvaluationPeriods: 289 }],
    ['that treats missing data in no known way', { TreatMissingData: 'forget' }],
  ])('%s is refused', async (_, wrong) => {
    await expect(
      cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: nameOf('wrong'), ...METRIC, ...wrong })),
    ).rejects.toMatchObject({
      name: WRONG,
    });
  });

  it('is not set if it is not there, or to what is no state', async () => {
    // The message of ResourceNotFound is empty on AWS.
    await expect(set('conformance-nobody', 'OK')).rejects.toMatchObject({ name: 'ResourceNotFound' });
    const name = await newAlarm();
    await expect(set(name, 'RED' as StateValue)).rejects.toMatchObject({
      name: INVALID,
      message: expect.stringContaining(
        "1 validation error detected: Value 'RED' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set:",
      ),
    });
    await expect(set(name, 'OK', { StateReason: 'r'.repeat(1024) })).rejects.toMatchObject({ name: INVALID });
    await expect(set(name, 'OK', { StateReasonData: 'no json' })).rejects.toMatchObject({
      name: expect.stringMatching(/^InvalidFormat/),
    });
  });
});

describe.skipIf(left)('DescribeAlarms (skipped where CONFORMANCE_SKIP names cloudwatch)', () => {
  const prefix = nameOf('list');
  const names = ['a', 'b', 'c', 'd', 'e'].map((end) => `${prefix}-${end}`);
  const describeAll = (more: DescribeAlarmsCommandInput = {}) =>
    cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, ...more }));
  const listed = async (more: DescribeAlarmsCommandInput = {}) => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await describeAll(more);
    return [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName).sort();
  };

  it('finds by prefix, by type, by state, page by page', async () => {
    for (const AlarmName of names) {
      await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName, ...METRIC }));
      made.metric.add(AlarmName);
    }
    const composite = await newComposite('FALSE', `${prefix}-composite`);
    await set(names[1] ?? '', 'ALARM');
    // "If you omit this parameter, only metric alarms are returned, even if composite alarms exist in the account."
    expect(await listed()).toEqual(names);
    expect(await listed({ AlarmTypes: ['CompositeAlarm'] })).toEqual([composite]);
    expect(await listed({ AlarmTypes: BOTH })).toEqual([...names, composite].sort());
    expect(await listed({ StateValue: 'ALARM' })).toEqual([names[1]]);
    expect(await listed({ AlarmNamePrefix: `${prefix}-c`, AlarmTypes: BOTH })).toEqual([names[2], composite]);
    const pages: (string | undefined)[][] = [];
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const page = await describeAll({ MaxRecords: 2, ...(token && { NextToken: token }) });
      pages.push((page.MetricAlarms ?? []).map(({ AlarmName }) => AlarmName));
      token = page.NextToken;
    }
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(pages.flat().sort()).toEqual(names);
  });

  it('answers nothing for names that are not there', async () => {
    expect(await describeAll({ AlarmNamePrefix: undefined, AlarmNames: ['conformance-nobody'] })).toMatchObject({
      MetricAlarms: [],
      CompositeAlarms: [],
    });
  });

  it.each<[string, DescribeAlarmsCommandInput, unknown]>([
    ['a token that it has not given', { NextToken: 'made up' }, 'InvalidNextToken'],
    ['more than 100 records', { MaxRecords: 101 }, INVALID],
    ['no records', { MaxRecords: 0 }, INVALID],
    ['names and a prefix', { AlarmNames: ['a'] }, INVALID],
    ['101 names', { AlarmNamePrefix: undefined, AlarmNames: Array.from({ length: 101 }, (_, n) => `a${n}`) }, INVALID],
  ])('refuses %s', async (_, wrong, name) => {
    await expect(describeAll(wrong)).rejects.toMatchObject({ name });
  });
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
describe.skipIf(left)('a composite alarm (skipped where CONFORMANCE_SKIP names cloudwatch)', () => {
  it('follows its rule', async () => {
    const [a, b, c] = [await newAlarm(), await newAlarm(), await newAlarm()];
    const name = await newComposite(`ALARM(${a}) AND (ALARM("${b}") OR NOT OK(${c}))`);
    await set(c, 'OK');
    for (const [child, value, whole] of [
      [a, 'ALARM', 'OK'],
      [b, 'ALARM', 'ALARM'],
      [b, 'OK', 'OK'],
      [c, 'INSUFFICIENT_DATA', 'ALARM'],
      [a, 'OK', 'OK'],
    ] as const) {
      await set(child, value);
      await becomes(name, whole);
    }
  });

  it.each([
    ['TRUE', 'ALARM'],
    ['FALSE', 'OK'],
    ['NOT TRUE', 'OK'],
    ['TRUE OR FALSE', 'ALARM'],
    ['TRUE AND FALSE', 'OK'],
    // AND before OR.
    ['TRUE OR TRUE AND FALSE', 'ALARM'],
    ['(TRUE OR TRUE) AND FALSE', 'OK'],
  ] as const)('of %s is %s', async (rule, state) => {
    await becomes(await newComposite(rule), state);
  });

  it('may be about an alarm by its ARN, and about other composite alarms', async () => {
    const child = await newAlarm();
    const middle = await newComposite(`ALARM("${(await find(child))?.AlarmArn}")`);
    const top = await newComposite(`ALARM(${middle})`);
    await becomes(top, 'OK');
    await set(child, 'ALARM');
    await becomes(top, 'ALARM');
  });

  it('changed again follows its new rule', async () => {
    const name = await newComposite('FALSE');
    await becomes(name, 'OK');
    await newComposite('TRUE', name);
    await becomes(name, 'ALARM');
    expect(await find(name)).toMatchObject({ AlarmRule: 'TRUE' });
  });

  it('in a cycle stops being evaluated', async () => {
    // "The evaluation of composite alarms stops if CloudWatch detects a cycle in the evaluation path."
    const child = await newAlarm();
    const one = await newComposite('FALSE');
    const two = await newComposite(`ALARM(${one})`);
    await newComposite(`ALARM(${child}) AND NOT ALARM(${two})`, one);
    await set(child, 'ALARM');
    expect([await find(one), await find(two)]).toMatchObject([{ AlarmName: one }, { AlarmName: two }]);
    await newComposite('FALSE', one);
    await becomes(one, 'OK');
    await becomes(two, 'OK');
  });

  it.each([
    ['an alarm that is not there', 'ALARM(conformance-nobody)'],
    ['what stands open', 'ALARM('],
    ['a state that there is not', 'RED(conformance-nobody)'],
    ['nothing', ''],
    ['half an AND', 'TRUE AND'],
  ])('of %s is refused', async (_, rule) => {
    await expect(
      cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: nameOf('wrong'), AlarmRule: rule })),
    ).rejects.toMatchObject({ name: INVALID });
  });

  it('is deleted alone, and before what it depends on', async () => {
    const child = await newAlarm();
    const [one, two] = [await newComposite(`ALARM(${child})`), await newComposite('FALSE')];
    await expect(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [one, two] }))).rejects.toMatchObject({
      name: INVALID,
    });
    await expect(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [child] }))).rejects.toMatchObject({
      name: INVALID,
    });
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [one] }));
    made.composite.splice(made.composite.indexOf(one), 1);
    expect(await find(one)).toBeUndefined();
  });

  it('is about 100 alarms at most', async () => {
    const children: string[] = [];
    for (let count = 0; count < 101; count += 1) children.push(await newAlarm());
    const rule = (names: readonly string[]) => names.map((name) => `ALARM(${name})`).join(' OR ');
    await newComposite(rule(children.slice(1)));
    await expect(
      cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: nameOf('wrong'), AlarmRule: rule(children) })),
    ).rejects.toMatchObject({ name: expect.stringMatching(/^(LimitExceeded.*|ValidationError)$/) });
  });
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
describe.skipIf(left)('the event of a change (skipped where CONFORMANCE_SKIP names cloudwatch)', () => {
  const CHANGE = 'CloudWatch Alarm State Change';
  const watch = async (...alarmName: string[]) => {
    const queue = await newQueue();
    await subscribe(
      'default',
      { Arn: queue.arn },
      { source: ['aws.cloudwatch'], 'detail-type': [CHANGE], detail: { alarmName } },
    );
    return async (count: number) => (await queue.take(count)).map(({ Body = '' }) => JSON.parse(Body));
  };

  it('tells of the alarm, its state before and now, and its metric', async () => {
    const name = await newAlarm({ AlarmDescription: 'of a test' });
    const arn = (await find(name))?.AlarmArn ?? '';
    const events = await watch(name);
    await set(name, 'ALARM', { StateReasonData: '{"a":1}' });
    const [event] = await events(1);
    const time = expect.stringMatching(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}\+0000$/);
    expect(event).toMatchObject({
      version: '0',
      'detail-type': CHANGE,
      source: 'aws.cloudwatch',
      resources: [arn],
      detail: {
        alarmName: name,
        state: { value: 'ALARM', reason: 'a test says so', reasonData: '{"a":1}', timestamp: time },
        previousState: { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', timestamp: time },
        configuration: {
          description: 'of a test',
          metrics: [
            {
              id: expect.stringMatching(/.+/),
              metricStat: {
                metric: { namespace: 'Conformance', name: 'Errors', dimensions: { Service: 'api' } },
                period: 300,
                stat: 'Sum',
              },
              returnData: true,
            },
          ],
        },
      },
    });
  });

  it('comes only if the state is another', async () => {
    const name = await newAlarm();
    const events = await watch(name);
    for (const state of ['ALARM', 'ALARM', 'OK', 'OK', 'ALARM'] as const) await set(name, state);
    expect((await events(3)).map(({ detail }) => detail.state.value).sort()).toEqual(['ALARM', 'ALARM', 'OK']);
  });

  it('of a composite alarm tells its rule, and the alarm that has triggered it', async () => {
    const child = await newAlarm();
    const rule = `ALARM(${child})`;
    const name = await newComposite(rule);
    await becomes(name, 'OK');
    const events = await watch(name);
    await set(child, 'ALARM');
    const [{ detail }] = await events(1);
    expect(detail).toMatchObject({
      alarmName: name,
      configuration: { alarmRule: rule },
      state: { value: 'ALARM', reason: expect.stringMatching(/ transitioned to ALARM at /) },
      previousState: { value: 'OK' },
    });
    expect(JSON.parse(detail.state.reasonData)).toMatchObject({
      triggeringAlarms: [{ arn: (await find(child))?.AlarmArn, state: { value: 'ALARM' } }],
    });
  });
});
