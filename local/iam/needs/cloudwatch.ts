import { arn, type Here, type Input, type NeedsOf, need, textOf, textsOf } from './need.ts';

const alarm = (here: Here, name: string): string => arn(here, 'cloudwatch', `alarm:${name || '*'}`);

const onAlarm = (action: string) => (input: Input, here: Here) => [
  need(`cloudwatch:${action}`, alarm(here, textOf(input, 'AlarmName'))),
];

const onAlarms = (action: string) => (input: Input, here: Here) =>
  textsOf(input, 'AlarmNames').map((name) => need(`cloudwatch:${action}`, alarm(here, name)));

/**
 * Service Authorization Reference, "Amazon CloudWatch". DescribeAlarms is asked for on all alarms: "composite alarms are returned
 * only where DescribeAlarms is allowed on *" (API reference).
 */
export const cloudWatchNeeds: NeedsOf = {
  DeleteAlarms: onAlarms('DeleteAlarms'),
  DescribeAlarms: (_, here) => [need('cloudwatch:DescribeAlarms', alarm(here, '*'))],
  DisableAlarmActions: onAlarms('DisableAlarmActions'),
  EnableAlarmActions: onAlarms('EnableAlarmActions'),
  PutCompositeAlarm: onAlarm('PutCompositeAlarm'),
  PutMetricAlarm: onAlarm('PutMetricAlarm'),
  SetAlarmState: onAlarm('SetAlarmState'),
};
