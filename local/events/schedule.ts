import { uuid } from '../wire/uuid.ts';
import { parseCron } from './cron.ts';
import { deliver } from './delivery.ts';
import { invalid } from './known.ts';
import type { Event, EventsStore, Rule, Schedule } from './model.ts';
import { eventTime } from './time.ts';

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `rate(1 minute)`, `rate(5 minutes)`, `cron(0 12 * * ? *)`. */
export const parseSchedule = (text: string): Schedule => {
  const next = text.startsWith('cron(') ? parseCron(text) : parseRate(text);
  if (next === undefined) throw invalid('Parameter ScheduleExpression is not valid.');
  return { text, next };
};

/** One of a unit is written in the singular, more in the plural. */
const parseRate = (text: string): Schedule['next'] | undefined => {
  const [, count = '', unit = ''] = /^rate\(([1-9][0-9]*) (minute|minutes|hour|hours|day|days)\)$/.exec(text) ?? [];
  const one = unit.replace(/s$/, '');
  const length = UNITS[one];
  if (length === undefined || (count === '1') !== (one === unit)) return undefined;
  return (after) => after + Number(count) * length;
};

/** Runs a rule's schedule from now on, as long as it is enabled. */
export const reschedule = (store: EventsStore, rule: Rule): void => {
  rule.unschedule?.();
  delete rule.unschedule;
  if (rule.schedule !== undefined && rule.state === 'ENABLED') wait(store, rule, rule.schedule, store.clock.now());
};

/** Each time follows from the one before it, not from when its timer happened to run. */
const wait = (store: EventsStore, rule: Rule, schedule: Schedule, after: number): void => {
  const at = schedule.next(after);
  if (at === undefined) return;
  rule.unschedule = store.clock.after(at - store.clock.now(), () => {
    for (const target of rule.targets.values()) deliver(store, { rule, target, event: scheduledEvent(store, rule) });
    wait(store, rule, schedule, at);
  });
};

const scheduledEvent = (store: EventsStore, rule: Rule): Event => ({
  version: '0',
  id: uuid(store.random),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: store.place.account,
  time: eventTime(store.clock.now()),
  region: store.place.region,
  resources: [rule.arn],
  detail: {},
});
