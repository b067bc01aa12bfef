import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  PutMetricAlarmCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, describe, expect, it } from 'vitest';
import { BOTH, INVALID, METRIC, openAlarms } from './alarms.ts';
import { leftOut, openEndpoint, uniqueName } from './endpoint.ts';

const endpoint = await openEndpoint();
const { cloudwatch, made, newAlarm, newComposite, set, find, close } = openAlarms(endpoint);
const left = leftOut('cloudwatch');

afterAll(async () => {
  await close();
  await endpoint.close();
});

/** PutMetricAlarm's codes for what is wrong with a parameter; which one it is for which is not documented. */
const WRONG = expect.stringMatching(
  /^(Validation(Error|Exception)|InvalidParameter.*|MissingRequiredParameter.*|MissingParameter)$/,
);

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
      cloudwatch.send(new PutMetricAlarmCommand({ AlarmName: uniqueName('conformance-wrong'), ...METRIC, ...wrong })),
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
  const prefix = uniqueName('conformance-list');
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
