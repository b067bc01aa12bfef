import { AwsError } from '../errors.ts';
import type { AlarmState, Alarms, Basics, ServiceEvents } from '../ports.ts';
import { ACCOUNT, REGION } from '../service.ts';
import type { Condition } from './rule.ts';

export interface CloudWatchOptions extends Basics {
  readonly events: ServiceEvents;
}

export interface State {
  readonly value: AlarmState;
  readonly reason: string;
  readonly reasonData?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A metric alarm, or (with `rule`) a composite one. There are no metrics here: only SetAlarmState changes a metric alarm. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  /** What PutMetricAlarm or PutCompositeAlarm was given. */
  body: Readonly<Record<string, unknown>>;
  rule?: { readonly text: string; readonly holds: Condition };
  actionsEnabled: boolean;
  configuredAt: number;
  state: State;
}

/** CloudWatch alarms of one account and region. */
export interface CloudWatchStore extends CloudWatchOptions, Alarms {
  readonly alarms: Map<string, Alarm>;
  readonly listeners: Set<(name: string, state: AlarmState) => void>;
}

export const createCloudWatchStore = (options: CloudWatchOptions): CloudWatchStore => {
  const alarms = new Map<string, Alarm>();
  const listeners = new Set<(name: string, state: AlarmState) => void>();
  return {
    ...options,
    alarms,
    listeners,
    state: (name) => alarms.get(name)?.state.value,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export const alarmArn = (name: string): string => `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`;

export const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** Refuses by name what this cloud does not do. */
export const onlyKnown = (input: Readonly<Record<string, unknown>>, known: readonly string[], action: string): void => {
  const isEmpty = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
  const other = Object.keys(input).find((member) => !isEmpty(input[member]) && !known.includes(member));
  if (other !== undefined) throw invalid(`the local cloud does not know the parameter "${other}" of ${action}.`);
};

const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '+0000');

const told = ({ value, reason, reasonData, at }: State) => ({
  value,
  reason,
  ...(reasonData === undefined ? {} : { reasonData }),
  timestamp: timestamp(at),
});

/** As "CloudWatch Alarm State Change" tells a metric alarm's settings (User Guide, "Alarm events and EventBridge"). */
const configuration = ({ body, rule }: Alarm) => {
  const description = body['AlarmDescription'] === undefined ? {} : { description: body['AlarmDescription'] };
  if (rule !== undefined) return { ...description, alarmRule: rule.text };
  const dimensions = Object.fromEntries(
    ((body['Dimensions'] ?? []) as { Name: string; Value: string }[]).map(({ Name, Value }) => [Name, Value]),
  );
  const metric = { namespace: body['Namespace'], name: body['MetricName'], dimensions };
  return {
    ...description,
    metrics: [
      {
        id: 'm1',
        metricStat: { metric, period: body['Period'], stat: body['Statistic'] ?? body['ExtendedStatistic'] },
        returnData: true,
      },
    ],
  };
};

/** Changes an alarm's state, tells of it, and lets composite alarms follow. The same state again changes nothing that is told. */
export const changeState = (store: CloudWatchStore, alarm: Alarm, state: State): void => {
  const previous = alarm.state;
  alarm.state = previous.value === state.value ? { ...state, at: previous.at } : state;
  if (previous.value === state.value) return;
  store.events.publish({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: { alarmName: alarm.name, state: told(state), previousState: told(previous), configuration: configuration(alarm) },
  });
  for (const listener of store.listeners) listener(alarm.name, state.value);
  for (const other of store.alarms.values()) evaluate(store, other, alarm);
};

/** A composite alarm follows its rule. */
export const evaluate = (store: CloudWatchStore, alarm: Alarm, cause?: Alarm): void => {
  if (alarm.rule === undefined) return;
  const value = alarm.rule.holds((name) => store.alarms.get(name)?.state.value) ? 'ALARM' : 'OK';
  if (value === alarm.state.value) return;
  const at = store.clock.now();
  const triggering =
    cause === undefined ? [] : [{ arn: cause.arn, state: { value: cause.state.value, timestamp: timestamp(cause.state.at) } }];
  changeState(store, alarm, {
    value,
    reason:
      cause === undefined
        ? 'The alarm rule was evaluated'
        : `${cause.arn} transitioned to ${cause.state.value} at ${new Date(at).toUTCString()}`,
    reasonData: JSON.stringify({ triggeringAlarms: triggering }),
    at,
  });
};
