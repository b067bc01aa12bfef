import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { type Alarm, type CloudWatchStore, invalid, namesIn, onlyKnown } from '../store.ts';

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

const PREFIX = 'after:';

/** A token stands for the last name of its page. */
const tokenOf = (name: string): string => Buffer.from(`${PREFIX}${name}`).toString('base64');

const nameIn = (token: unknown): string | undefined => {
  if (token === undefined) return undefined;
  const text = Buffer.from(String(token), 'base64').toString();
  if (!text.startsWith(PREFIX)) throw new AwsError('InvalidNextToken', 'The next token specified is invalid.');
  return text.slice(PREFIX.length);
};

/** Without AlarmTypes only metric alarms (API reference, DescribeAlarms). */
export const describeAlarms: Action<CloudWatchStore> = (store, input) => {
  onlyKnown(input, ['AlarmNames', 'AlarmNamePrefix', 'AlarmTypes', 'StateValue', 'MaxRecords', 'NextToken'], 'DescribeAlarms');
  const names = namesIn(input);
  const prefix = input['AlarmNamePrefix'] as string | undefined;
  if (names.length > 0 && prefix !== undefined) throw invalid('AlarmNamePrefix and AlarmNames cannot be specified together');
  const most = Number(input['MaxRecords'] ?? MOST);
  if (!(most >= 1 && most <= MOST))
    throw invalid(
      `1 validation error detected: Value '${most}' at 'maxRecords' failed to satisfy constraint: Member must have value ${
        most < 1 ? 'greater than or equal to 1' : `less than or equal to ${MOST}`
      }`,
    );
  const types = (input['AlarmTypes'] as readonly string[] | undefined) ?? ['MetricAlarm'];
  const fits = (alarm: Alarm) =>
    (names.length === 0 || names.includes(alarm.name)) &&
    (prefix === undefined || alarm.name.startsWith(prefix)) &&
    (input['StateValue'] === undefined || alarm.state.value === input['StateValue']) &&
    types.includes(alarm.rule === undefined ? 'MetricAlarm' : 'CompositeAlarm');
  const after = nameIn(input['NextToken']);
  const all = [...store.alarms.values()].filter(fits).sort((a, b) => (a.name < b.name ? -1 : 1));
  const rest = all.filter(({ name }) => after === undefined || name > after);
  const page = rest.slice(0, most);
  const last = page.at(-1);
  return {
    MetricAlarms: page.filter(({ rule }) => rule === undefined).map(metricAnswer),
    CompositeAlarms: page.filter(({ rule }) => rule !== undefined).map(compositeAnswer),
    ...(last === undefined || rest.length === page.length ? {} : { NextToken: tokenOf(last.name) }),
  };
};
