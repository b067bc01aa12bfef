import { AwsError, refuseOthers } from '../errors.ts';
import { arnAt, type Place } from '../place.ts';
import type { AlarmState, Alarms, Basics, ServiceEvents } from '../ports.ts';
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
  rule?: { readonly text: string; readonly holds: Condition; readonly alarms: readonly string[] };
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

export const alarmArn = (place: Place, name: string): string => arnAt(place, 'cloudwatch', `alarm:${name}`);

const MOST_ALARMS = 5000;

/** Alarms of an account in a region (User Guide, "CloudWatch service quotas"). */
export const checkRoom = (store: CloudWatchStore, name: string): void => {
  if (store.alarms.has(name) || store.alarms.size < MOST_ALARMS) return;
  throw limitExceeded(`The maximum limit of ${MOST_ALARMS} alarms exceeded.`);
};

export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceededFault', message);

/** Names of one call: at most 100 (API reference). */
export const namesIn = (input: Readonly<Record<string, unknown>>): readonly string[] => {
  const names = (input['AlarmNames'] ?? []) as readonly string[];
  if (names.length > 100)
    throw invalid(
      "1 validation error detected: Value at 'alarmNames' failed to satisfy constraint: Member must have length less than or equal to 100",
    );
  return names;
};

export const checkName = (name: unknown): string => {
  const text = String(name ?? '');
  if (text !== '' && text.length <= 255) return text;
  throw invalid(
    "1 validation error detected: Value at 'alarmName' failed to satisfy constraint: Member must have length between 1 and 255",
  );
};

export const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** Refuses by name what this cloud does not do. */
export const onlyKnown = refuseOthers('ValidationError');

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
export const changeState = (store: CloudWatchStore, alarm: Alarm, state: State, path: readonly Alarm[] = []): void => {
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
  for (const other of store.alarms.values()) evaluate(store, other, alarm, [...path, alarm]);
};

/**
 * A composite alarm follows its rule. "The evaluation of composite alarms stops if CloudWatch detects a cycle in the evaluation
 * path" (API reference, PutCompositeAlarm): `path` are the alarms whose changes have led here.
 */
export const evaluate = (store: CloudWatchStore, alarm: Alarm, cause?: Alarm, path: readonly Alarm[] = []): void => {
  if (alarm.rule === undefined || path.includes(alarm)) return;
  if (cause !== undefined && !alarm.rule.alarms.includes(cause.name)) return;
  const value = alarm.rule.holds((name) => store.alarms.get(name)?.state.value) ? 'ALARM' : 'OK';
  if (value === alarm.state.value) return;
  const at = store.clock.now();
  const triggering =
    cause === undefined ? [] : [{ arn: cause.arn, state: { value: cause.state.value, timestamp: timestamp(cause.state.at) } }];
  changeState(
    store,
    alarm,
    {
      value,
      reason:
        cause === undefined
          ? 'The alarm rule was evaluated'
          : `${cause.arn} transitioned to ${cause.state.value} at ${new Date(at).toUTCString()}`,
      reasonData: JSON.stringify({ triggeringAlarms: triggering }),
      at,
    },
    path,
  );
};
