import { describe, expect, it } from 'vitest';
import { parseCron } from '../../../local/events/cron.ts';

const after = (expression: string, time: string): string | undefined => {
  const next = parseCron(`cron(${expression})`)?.(Date.parse(time));
  return next === undefined ? undefined : new Date(next).toISOString().slice(0, 16);
};

// The expressions and what they mean: EventBridge User Guide, "Cron expressions reference"
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html); the days by the calendar:
// 2026-03-01 is a Sunday, 2026-08-01 and 2026-10-03 are Saturdays, 2026-05-03 is a Sunday, 2022-12-30 a Friday.
describe('a cron expression', () => {
  it.each([
    ['0 10 * * ? *', '2026-03-01T10:00Z', '2026-03-02T10:00'],
    ['15 12 * * ? *', '2026-03-01T12:14Z', '2026-03-01T12:15'],
    ['0 18 ? * MON-FRI *', '2026-03-06T18:00Z', '2026-03-09T18:00'],
    ['0 8 1 * ? *', '2026-03-01T08:00Z', '2026-04-01T08:00'],
    ['0/15 * * * ? *', '2026-03-01T12:00Z', '2026-03-01T12:15'],
    ['0/10 * ? * MON-FRI *', '2026-03-06T23:50Z', '2026-03-09T00:00'],
    ['0/5 8-17 ? * MON-FRI *', '2026-03-06T17:55Z', '2026-03-09T08:00'],
    ['0/30 20-2 ? * MON-FRI *', '2026-03-09T23:30Z', '2026-03-10T00:00'],
    ['0/30 20-2 ? * MON-FRI *', '2026-03-10T02:30Z', '2026-03-10T20:00'],
    ['5,35 14 * * ? *', '2026-03-01T14:05Z', '2026-03-01T14:35'],
    ['15 10 ? * 6L 2019-2022', '2022-11-25T10:15Z', '2022-12-30T10:15'],
    ['15 10 ? * 6L 2019-2022', '2022-12-30T10:15Z', undefined],
    ['1/10 * * * ? *', '2026-03-01T12:01Z', '2026-03-01T12:11'],
    ['0 0 1 JAN,FEB,MAR ? *', '2026-03-01T00:00Z', '2027-01-01T00:00'],
    ['0 0 L * ? *', '2028-02-01T00:00Z', '2028-02-29T00:00'],
    ['0 0 ? * L *', '2026-03-01T00:00Z', '2026-03-07T00:00'],
    ['0 0 ? * 3#2 *', '2026-03-01T00:00Z', '2026-03-10T00:00'],
    ['0 0 3W * ? *', '2026-05-01T00:00Z', '2026-05-04T00:00'],
    ['0 0 3W * ? *', '2026-10-01T00:00Z', '2026-10-02T00:00'],
    ['0 0 1W * ? *', '2026-07-31T00:00Z', '2026-08-03T00:00'],
  ])('%s runs after %s at %s', (expression, time, next) => expect(after(expression, time)).toBe(next));

  it.each([
    ['* in both fields of days', '0 12 * * * *'],
    ['? in both', '0 12 ? * ? *'],
    ['five fields', '0 12 * * ?'],
    ['a minute that is none', '60 12 * * ? *'],
    ['a month that is none', '0 12 * 13 ? *'],
    ['a weekday that is none', '0 12 ? * 8 *'],
    ['two instances of weekdays', '0 12 ? * 3#1,6#3 *'],
    ['a year before 1970', '0 12 * * ? 1969'],
    ['a step of nothing', '0/0 12 * * ? *'],
    ['a word', '0 dummy ? * MON-FRI *'],
  ])('with %s is not valid', (_, expression) => expect(parseCron(`cron(${expression})`)).toBeUndefined());
});
