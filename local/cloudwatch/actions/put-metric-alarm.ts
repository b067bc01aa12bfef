import type { Action } from '../../service.ts';
import { checkMetric } from '../metric.ts';
import { type Alarm, alarmArn, type CloudWatchStore, checkName, checkRoom, invalid, onlyKnown } from '../store.ts';

const KNOWN = [
  'AlarmName',
  'AlarmDescription',
  'ActionsEnabled',
  'MetricName',
  'Namespace',
  'Statistic',
  'ExtendedStatistic',
  'Dimensions',
  'Period',
  'Unit',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
  'Tags',
];

/**
 * A new alarm begins with INSUFFICIENT_DATA; there are no metrics here, so it stays there until SetAlarmState. One that is there
 * gets new settings and keeps its state.
 */
export const putMetricAlarm: Action<CloudWatchStore> = (store, input) => {
  onlyKnown(input, KNOWN, 'PutMetricAlarm');
  const name = checkName(input['AlarmName']);
  checkRoom(store, name);
  checkMetric(input);
  const { Tags: _, AlarmName: __, ActionsEnabled: ___, ...body } = input;
  const now = store.clock.now();
  const known = store.alarms.get(name);
  if (known?.rule !== undefined) throw invalid(`${name} is a composite alarm.`);
  const alarm: Alarm = {
    name,
    arn: alarmArn(store.place, name),
    body,
    actionsEnabled: input['ActionsEnabled'] !== false,
    configuredAt: now,
    state: known?.state ?? { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', at: now },
  };
  store.alarms.set(name, alarm);
  return undefined;
};
