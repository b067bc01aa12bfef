import type { Action } from '../../service.ts';
import { parseRule } from '../rule.ts';
import {
  type Alarm,
  alarmArn,
  type CloudWatchStore,
  checkName,
  checkRoom,
  evaluate,
  invalid,
  limitExceeded,
  onlyKnown,
} from '../store.ts';

/** "As many as 100 underlying alarms", each "in as many as 150 composite alarms" (API reference, PutCompositeAlarm). */
const MOST_CHILDREN = 100;
const MOST_PARENTS = 150;

const checkChildren = (store: CloudWatchStore, name: string, children: readonly string[]): void => {
  if (new Set(children).size > MOST_CHILDREN)
    throw limitExceeded(`AlarmRule must not refer to more than ${MOST_CHILDREN} alarms.`);
  const others = [...store.alarms.values()].filter((alarm) => alarm.name !== name);
  const crowded = children.find((child) => others.filter(({ rule }) => rule?.alarms.includes(child)).length >= MOST_PARENTS);
  if (crowded !== undefined) throw limitExceeded(`${crowded} must not be in more than ${MOST_PARENTS} composite alarms.`);
};

/** Its state follows its rule, at once and whenever one of its alarms changes. */
export const putCompositeAlarm: Action<CloudWatchStore> = (store, input) => {
  onlyKnown(input, ['AlarmName', 'AlarmDescription', 'ActionsEnabled', 'AlarmRule', 'Tags'], 'PutCompositeAlarm');
  const name = checkName(input['AlarmName']);
  const rule = parseRule(store.place, String(input['AlarmRule'] ?? ''));
  checkRoom(store, name);
  const missing = rule.alarms.find((alarm) => !store.alarms.has(alarm));
  if (missing !== undefined)
    throw invalid(`Could not save the composite alarm as alarms [${missing}] in the alarm rule do not exist`);
  checkChildren(store, name, rule.alarms);
  const known = store.alarms.get(name);
  if (known !== undefined && known.rule === undefined) throw invalid(`${name} is a metric alarm.`);
  const now = store.clock.now();
  const alarm: Alarm = {
    name,
    arn: alarmArn(store.place, name),
    body: input['AlarmDescription'] === undefined ? {} : { AlarmDescription: input['AlarmDescription'] },
    rule,
    actionsEnabled: input['ActionsEnabled'] !== false,
    configuredAt: now,
    state: known?.state ?? { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', at: now },
  };
  store.alarms.set(name, alarm);
  store.clock.after(0, () => evaluate(store, alarm));
  return undefined;
};
