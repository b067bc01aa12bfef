import { parseRule } from './rule.ts';
import type { Alarm, CloudWatchStore } from './store.ts';

interface SavedAlarm extends Pick<Alarm, 'name' | 'arn' | 'body' | 'actionsEnabled' | 'configuredAt' | 'state'> {
  /** Of a composite alarm. */
  readonly rule: string | undefined;
}

export type SavedCloudWatch = readonly SavedAlarm[];

export const saveCloudWatch = ({ alarms }: CloudWatchStore): SavedCloudWatch =>
  [...alarms.values()].map(({ name, arn, body, actionsEnabled, configuredAt, state, rule }) => ({
    name,
    arn,
    body,
    actionsEnabled,
    configuredAt,
    state,
    rule: rule?.text,
  }));

/** Brings the alarms back, each in its state, without telling of it. */
export const loadCloudWatch = ({ alarms, place }: CloudWatchStore, saved: SavedCloudWatch): void => {
  for (const { rule, ...alarm } of saved)
    alarms.set(alarm.name, rule === undefined ? { ...alarm } : { ...alarm, rule: parseRule(place, rule) });
};
