import { arnAt, type Place } from '../../place.ts';
import type { Action } from '../../service.ts';
import { invalid, limitExceeded, onlyKnown, tooLong } from '../known.ts';
import type { Bus, EventsStore, Rule } from '../model.ts';
import { compilePattern } from '../pattern/match.ts';
import { usesWildcard } from '../pattern/wildcards.ts';
import { parseSchedule, reschedule } from '../schedule.ts';
import { busOf } from '../store.ts';

/** Rules of a bus (User Guide, "EventBridge quotas"). */
const MOST_RULES = 300;
const MOST_WILDCARD_RULES = 30;
const LONGEST_PATTERN = 2048;
/** Of the API itself (API reference, PutRule). */
const LONGEST_PATTERN_AT_ALL = 4096;
const LONGEST_DESCRIPTION = 512;

const newRule = (place: Place, bus: Bus, name: string): Rule => ({
  name,
  arn: arnAt(place, 'events', `rule/${bus.name === 'default' ? '' : `${bus.name}/`}${name}`),
  bus: bus.name,
  state: 'ENABLED',
  targets: new Map(),
});

const wildcardRules = (bus: Bus, but: string): number =>
  [...bus.rules.values()].filter(({ name, pattern }) => name !== but && pattern !== undefined && usesWildcard(pattern.text))
    .length;

export const putRule: Action<EventsStore> = (store, input) => {
  onlyKnown(
    input,
    ['Name', 'EventBusName', 'EventPattern', 'ScheduleExpression', 'State', 'Description', 'RoleArn', 'Tags'],
    'PutRule',
  );
  const bus = busOf(store, input['EventBusName']);
  const name = String(input['Name'] ?? '');
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name))
    throw invalid(
      `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    );
  const pattern = input['EventPattern'] as string | undefined;
  const schedule = input['ScheduleExpression'] as string | undefined;
  if ((pattern ?? '') === '' && (schedule ?? '') === '')
    throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  if (schedule !== undefined && bus.name !== 'default')
    throw invalid('ScheduleExpression is supported only on the default event bus.');
  if ((pattern?.length ?? 0) > LONGEST_PATTERN_AT_ALL) throw tooLong('eventPattern', pattern, LONGEST_PATTERN_AT_ALL);
  if ((pattern?.length ?? 0) > LONGEST_PATTERN) throw limitExceeded();
  if (String(input['Description'] ?? '').length > LONGEST_DESCRIPTION)
    throw tooLong('description', input['Description'], LONGEST_DESCRIPTION);
  const state = (input['State'] ?? 'ENABLED') as Rule['state'];
  if (state !== 'ENABLED' && state !== 'DISABLED')
    throw invalid(`the local cloud does not know the rule state ${String(state)}.`);
  if (!bus.rules.has(name) && bus.rules.size >= MOST_RULES) throw limitExceeded();
  const compiled = pattern === undefined || pattern === '' ? undefined : { text: pattern, matches: compilePattern(pattern) };
  if (compiled !== undefined && usesWildcard(compiled.text) && wildcardRules(bus, name) >= MOST_WILDCARD_RULES)
    throw limitExceeded();
  const timetable = schedule === undefined ? undefined : parseSchedule(schedule);
  const rule = bus.rules.get(name) ?? newRule(store.place, bus, name);
  delete rule.pattern;
  delete rule.schedule;
  delete rule.description;
  Object.assign(rule, {
    state,
    ...(compiled === undefined ? {} : { pattern: compiled }),
    ...(timetable === undefined ? {} : { schedule: timetable }),
    ...(input['Description'] === undefined ? {} : { description: String(input['Description']) }),
    ...(input['RoleArn'] === undefined ? {} : { roleArn: String(input['RoleArn']) }),
  });
  bus.rules.set(name, rule);
  reschedule(store, rule);
  return { RuleArn: rule.arn };
};
