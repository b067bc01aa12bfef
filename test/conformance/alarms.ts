import {
  type AlarmType,
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { expect } from 'vitest';
import { type Endpoint, eventually, uniqueName } from './endpoint.ts';

export const METRIC = {
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

export const BOTH: AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

/** The wire's `ValidationError`, which the SDK's newer clients call by the modelled name. */
export const INVALID = expect.stringMatching(/^Validation(Error|Exception)$/);

/** An endpoint's alarms. Those that are made here, or told of by `made`, are deleted by `close`. */
export const openAlarms = (endpoint: Endpoint) => {
  const cloudwatch = new CloudWatchClient(endpoint.config);
  const made = { metric: new Set<string>(), composite: new Set<string>() };

  const newAlarm = async (more: object = {}): Promise<string> => {
    const AlarmName = uniqueName('conformance-metric');
    await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName, ...METRIC, ...more }));
    made.metric.add(AlarmName);
    return AlarmName;
  };

  const newComposite = async (AlarmRule: string, AlarmName = uniqueName('conformance-composite')): Promise<string> => {
    await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName, AlarmRule }));
    made.composite.add(AlarmName);
    return AlarmName;
  };

  const set = (AlarmName: string, state: StateValue, more: object = {}) =>
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: state, StateReason: 'a test says so', ...more }));

  const find = async (AlarmName: string) => {
    const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [AlarmName], AlarmTypes: BOTH }),
    );
    const [alarm] = [...MetricAlarms, ...CompositeAlarms];
    return alarm;
  };

  const becomes = (name: string, state: StateValue) =>
    eventually(async () => expect((await find(name))?.StateValue).toBe(state), 10_000);

  /** A composite alarm is deleted alone, and before what it depends on. */
  const close = async (): Promise<void> => {
    for (const name of [...made.composite].reverse()) await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] }));
    const names = [...made.metric];
    while (names.length > 0) await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: names.splice(0, 100) }));
    cloudwatch.destroy();
  };

  return { cloudwatch, made, newAlarm, newComposite, set, find, becomes, close };
};
