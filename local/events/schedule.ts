import { ACCOUNT, REGION } from '../service.ts';
import { uuid } from '../wire/uuid.ts';
import { deliver } from './delivery.ts';
import { invalid } from './known.ts';
import type { Event, EventsStore, Rule } from './model.ts';
import { eventTime } from './time.ts';

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** `rate(1 minute)`, `rate(5 minutes)`; the local cloud knows no `cron(…)`. */
export const parseSchedule = (text: string): { text: string; everyMilliseconds: number } => {
  const [, count = '', unit = ''] = /^rate\(([1-9][0-9]*) (minute|minutes|hour|hours|day|days)\)$/.exec(text) ?? [];
  const one = unit.replace(/s$/, '');
  if (count === '' || (count === '1') !== (one === unit)) {
    throw invalid(
      text.startsWith('cron(')
        ? `the local cloud does not know cron schedules: ${text}`
        : 'Parameter ScheduleExpression is not valid.',
    );
  }
  return { text, everyMilliseconds: Number(count) * UNITS[one as keyof typeof UNITS] };
};

/** Runs a rule's schedule from now on, as long as it is enabled. */
export const reschedule = (store: EventsStore, rule: Rule): void => {
  rule.unschedule?.();
  delete rule.unschedule;
  const { schedule } = rule;
  if (schedule === undefined || rule.state !== 'ENABLED') return;
  const tick = (): void => {
    for (const target of rule.targets.values()) deliver(store, rule, target, scheduledEvent(store, rule));
    rule.unschedule = store.clock.after(schedule.everyMilliseconds, tick);
  };
  rule.unschedule = store.clock.after(schedule.everyMilliseconds, tick);
};

const scheduledEvent = (store: EventsStore, rule: Rule): Event => ({
  version: '0',
  id: uuid(store.random),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: ACCOUNT,
  time: eventTime(store.clock.now()),
  region: REGION,
  resources: [rule.arn],
  detail: {},
});
