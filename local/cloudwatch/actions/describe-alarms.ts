import type { Action } from '../../service.ts';
import { type Alarm, type CloudWatchStore, invalid, onlyKnown } from '../store.ts';

const seconds = (milliseconds: number): number => milliseconds / 1000;

const common = ({ name, arn, actionsEnabled, configuredAt, state }: Alarm) => ({
  AlarmName: name,
  AlarmArn: arn,
  ActionsEnabled: actionsEnabled,
  OKActions: [],
  AlarmActions: [],
  InsufficientDataActions: [],
  AlarmConfigurationUpdatedTimestamp: seconds(configuredAt),
  StateValue: state.value,
  StateReason: state.reason,
  ...(state.reasonData === undefined ? {} : { StateReasonData: state.reasonData }),
  StateUpdatedTimestamp: seconds(state.at),
  StateTransitionedTimestamp: seconds(state.at),
});

const metricAnswer = (alarm: Alarm) => ({ Dimensions: [], ...alarm.body, ...common(alarm) });

const compositeAnswer = (alarm: Alarm) => ({ ...alarm.body, ...common(alarm), AlarmRule: alarm.rule?.text });

const MOST = 100;

/** Without AlarmTypes only metric alarms (API reference, DescribeAlarms). */
export const describeAlarms: Action<CloudWatchStore> = (store, input) => {
  onlyKnown(input, ['AlarmNames', 'AlarmNamePrefix', 'AlarmTypes', 'StateValue', 'MaxRecords', 'NextToken'], 'DescribeAlarms');
  const names = input['AlarmNames'] as readonly string[] | undefined;
  const prefix = input['AlarmNamePrefix'] as string | undefined;
  if (names !== undefined && prefix !== undefined) throw invalid('AlarmNamePrefix and AlarmNames cannot be specified together');
  const types = (input['AlarmTypes'] as readonly string[] | undefined) ?? ['MetricAlarm'];
  const fits = (alarm: Alarm) =>
    (names === undefined || names.length === 0 || names.includes(alarm.name)) &&
    (prefix === undefined || alarm.name.startsWith(prefix)) &&
    (input['StateValue'] === undefined || alarm.state.value === input['StateValue']) &&
    types.includes(alarm.rule === undefined ? 'MetricAlarm' : 'CompositeAlarm');
  const all = [...store.alarms.values()].filter(fits).sort((a, b) => (a.name < b.name ? -1 : 1));
  const from = Number(input['NextToken'] ?? 0);
  const to = from + Number(input['MaxRecords'] ?? MOST);
  const page = all.slice(from, to);
  return {
    MetricAlarms: page.filter(({ rule }) => rule === undefined).map(metricAnswer),
    CompositeAlarms: page.filter(({ rule }) => rule !== undefined).map(compositeAnswer),
    ...(to < all.length ? { NextToken: String(to) } : {}),
  };
};
