import { type CloudWatchClient, type CompositeAlarm, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmReading } from '../deployment/observations.ts';
import { FinalError } from '../errors.ts';

/** Why alarms cannot be read: stable words, each with its line of `docs/errors.md`. @public */
export const ALARM_ERRORS = {
  'alarm-elsewhere': 'The alarm is neither in a site of the service nor where the pipeline is.',
} as const;

/** DescribeAlarms takes up to 100 names, and gives up to 100 alarms at once (API reference). */
const MOST = 100;

/** `arn:aws:cloudwatch:<region>:<account>:alarm:<name>`; a name may hold colons. */
const parts = (arn: string): { readonly region: string; readonly account: string; readonly name: string } => {
  const [, , , region = '', account = '', , ...name] = arn.split(':');
  return { region, account, name: name.join(':') };
};

const nameOf = (arn: string): string => parts(arn).name;

type Found = MetricAlarm | CompositeAlarm;

const elsewhere = (arn: string, here: string): FinalError =>
  new FinalError(
    'alarm-elsewhere',
    `cannot read alarm ${arn}: it is neither in a site of the service nor where it was looked for (${here}); correct "alarms" in the catalogue`,
  );

const alarmsNamed = async (cloudwatch: CloudWatchClient, names: readonly string[]): Promise<readonly Found[]> => {
  const found: Found[] = [];
  let token: string | undefined;
  do {
    const answer = await cloudwatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: [...names],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        MaxRecords: MOST,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    found.push(...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? []));
    token = answer.NextToken;
  } while (token !== undefined);
  return found;
};

/** An alarm of the same name with another ARN is another alarm: the one that was asked for is out of reach. */
const reading = (arn: string, found: Found | undefined): AlarmReading => {
  const name = nameOf(arn);
  if (found?.StateValue === undefined) return { arn, name, state: 'MISSING', at: 0, reason: 'there is no such alarm' };
  if (found.AlarmArn !== arn) {
    const { account, region } = parts(found.AlarmArn ?? '');
    throw elsewhere(arn, `${account}, ${region}`);
  }
  const at = found.StateTransitionedTimestamp ?? found.StateUpdatedTimestamp;
  return { arn, name, state: found.StateValue, at: at?.getTime() ?? 0, reason: found.StateReason ?? '' };
};

/**
 * How the alarms stand now, in the order of their ARNs; one that does not exist is told as missing, at no time (0).
 * Throws a final error for an alarm of another region, and for one whose name means another account's alarm here.
 */
export const readAlarms = async (cloudwatch: CloudWatchClient, arns: readonly string[]): Promise<readonly AlarmReading[]> => {
  if (arns.length === 0) return [];
  const here = await cloudwatch.config.region();
  const stranger = arns.find((arn) => parts(arn).region !== here);
  if (stranger !== undefined) throw elsewhere(stranger, here);
  const names = [...new Set(arns.map(nameOf))];
  const found = new Map<string, Found>();
  for (let from = 0; from < names.length; from += MOST) {
    for (const alarm of await alarmsNamed(cloudwatch, names.slice(from, from + MOST))) found.set(alarm.AlarmName ?? '', alarm);
  }
  return arns.map((arn) => reading(arn, found.get(nameOf(arn))));
};
