import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/errors.ts';
import { readAlarms } from '../../../shared/checks/alarms.ts';
import { FinalError } from '../../../shared/errors.ts';
import { answeredBy } from './json-answers.ts';

const arnOf = (name: string, { region = 'eu-west-1', account = '123456789012' } = {}) =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmArn: string;
  readonly StateValue: string;
  readonly StateReason: string;
  readonly StateTransitionedTimestamp: number;
  readonly StateUpdatedTimestamp: number;
}

const alarm = (name: string, over: Partial<Alarm> = {}): Alarm => ({
  AlarmName: name,
  AlarmArn: arnOf(name),
  StateValue: 'OK',
  StateReason: 'below the threshold',
  StateTransitionedTimestamp: 1_700_000_000,
  StateUpdatedTimestamp: 1_800_000_000,
  ...over,
});

/** CloudWatch with these alarms; DescribeAlarms as its API reference has it: 100 names at most, metric alarms unless asked. */
const cloudWatch = (metric: readonly Alarm[], composite: readonly Alarm[] = [], pageSize = 100) => {
  const asked: (readonly string[])[] = [];
  const client = new CloudWatchClient(
    answeredBy((_, input) => {
      const names = input['AlarmNames'] as readonly string[];
      const types = (input['AlarmTypes'] ?? ['MetricAlarm']) as readonly string[];
      if (names.length > 100) throw new AwsError('ValidationError', 'AlarmNames has more than 100 entries');
      asked.push(names);
      const fitting = [
        ...(types.includes('MetricAlarm') ? metric : []),
        ...(types.includes('CompositeAlarm') ? composite : []),
      ].filter(({ AlarmName }) => names.includes(AlarmName));
      const from = Number(input['NextToken'] ?? 0);
      const page = fitting.slice(from, from + pageSize);
      return {
        MetricAlarms: page.filter((found) => metric.includes(found)),
        CompositeAlarms: page.filter((found) => composite.includes(found)),
        ...(from + pageSize < fitting.length ? { NextToken: String(from + pageSize) } : {}),
      };
    }),
  );
  return { client, asked };
};

describe('alarms', () => {
  it('are told in the order asked, with when they came into their state', async () => {
    const firing = alarm('a', { StateValue: 'ALARM', StateReason: 'too many' });
    const { client } = cloudWatch([firing, alarm('b')]);
    expect(await readAlarms(client, [arnOf('b'), arnOf('a')])).toEqual([
      { arn: arnOf('b'), name: 'b', state: 'OK', at: 1_700_000_000_000, reason: 'below the threshold' },
      { arn: arnOf('a'), name: 'a', state: 'ALARM', at: 1_700_000_000_000, reason: 'too many' },
    ]);
  });

  it('may be composite, and have colons in their names', async () => {
    const { client } = cloudWatch([alarm('team:api:5xx')], [alarm('all')]);
    const readings = await readAlarms(client, [arnOf('all'), arnOf('team:api:5xx')]);
    expect(readings.map(({ name, state }) => [name, state])).toEqual([
      ['all', 'OK'],
      ['team:api:5xx', 'OK'],
    ]);
  });

  it('that do not exist are missing', async () => {
    const { client } = cloudWatch([alarm('a')]);
    expect(await readAlarms(client, [arnOf('a'), arnOf('gone')])).toMatchObject([
      { state: 'OK' },
      { name: 'gone', state: 'MISSING' },
    ]);
  });

  it('are asked for a hundred at once, each once, and read page by page', async () => {
    const all = Array.from({ length: 250 }, (_, index) => alarm(`alarm-${index}`));
    const { client, asked } = cloudWatch(all, [], 40);
    const arns = all.map(({ AlarmArn }) => AlarmArn);
    const readings = await readAlarms(client, [...arns, ...arns.slice(0, 10)]);
    expect(readings).toHaveLength(260);
    expect(readings.every(({ state }) => state === 'OK')).toBe(true);
    // 100, 100 and 50 names, in pages of 40: three, three and two
    expect(asked.map(({ length }) => length)).toEqual([100, 100, 100, 100, 100, 100, 50, 50]);
  });

  it('are not asked for where there are none: no names would mean all', async () => {
    const { client, asked } = cloudWatch([alarm('a')]);
    expect(await readAlarms(client, [])).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('of another region or account are refused for good', async () => {
    const { client } = cloudWatch([alarm('a')]);
    for (const arn of [arnOf('a', { region: 'us-east-1' }), arnOf('a', { account: '999999999999' })]) {
      const refused = await readAlarms(client, [arn]).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(FinalError);
      expect(refused).toMatchObject({ code: 'alarm-elsewhere', message: expect.stringContaining(arn) });
    }
  });

  it('that cannot be read now are an error that is thrown', async () => {
    const client = new CloudWatchClient(
      answeredBy(() => {
        throw new AwsError('ThrottlingException', 'Rate exceeded');
      }),
    );
    await expect(readAlarms(client, [arnOf('a')])).rejects.toThrow('Rate exceeded');
  });
});
