import { arn, type Input, type NeedsOf, need, textOf, textsOf } from './need.ts';

const alarm = (name: string): string => arn('cloudwatch', `alarm:${name || '*'}`);

const onAlarm = (action: string) => (input: Input) => [need(`cloudwatch:${action}`, alarm(textOf(input, 'AlarmName')))];

const onAlarms = (action: string) => (input: Input) =>
  textsOf(input, 'AlarmNames').map((name) => need(`cloudwatch:${action}`, alarm(name)));

/**
 * Service Authorization Reference, "Amazon CloudWatch". DescribeAlarms is asked for on all alarms: "composite alarms are returned
 * only where DescribeAlarms is allowed on *" (API reference).
 */
export const cloudWatchNeeds: NeedsOf = {
  DeleteAlarms: onAlarms('DeleteAlarms'),
  DescribeAlarms: () => [need('cloudwatch:DescribeAlarms', alarm('*'))],
  DisableAlarmActions: onAlarms('DisableAlarmActions'),
  EnableAlarmActions: onAlarms('EnableAlarmActions'),
  PutCompositeAlarm: onAlarm('PutCompositeAlarm'),
  PutMetricAlarm: onAlarm('PutMetricAlarm'),
  SetAlarmState: onAlarm('SetAlarmState'),
};
