import type { Action } from '../../service.ts';
import { parseRule } from '../rule.ts';
import { type Alarm, alarmArn, type CloudWatchStore, evaluate, invalid, onlyKnown } from '../store.ts';

/** Its state follows its rule, at once and whenever one of its alarms changes. */
export const putCompositeAlarm: Action<CloudWatchStore> = (store, input) => {
  onlyKnown(input, ['AlarmName', 'AlarmDescription', 'ActionsEnabled', 'AlarmRule', 'Tags'], 'PutCompositeAlarm');
  const name = String(input['AlarmName'] ?? '');
  const rule = parseRule(String(input['AlarmRule'] ?? ''));
  const missing = rule.alarms.find((alarm) => !store.alarms.has(alarm));
  if (missing !== undefined)
    throw invalid(`Could not save the composite alarm as alarms [${missing}] in the alarm rule do not exist`);
  const known = store.alarms.get(name);
  if (known !== undefined && known.rule === undefined) throw invalid(`${name} is a metric alarm.`);
  const now = store.clock.now();
  const alarm: Alarm = {
    name,
    arn: alarmArn(name),
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
