import type { Action } from '../../service.ts';
import { limitExceeded, onlyKnown } from '../known.ts';
import type { EventsStore, Target } from '../model.ts';
import { ruleOf } from '../store.ts';
import { checkCount, checkTarget } from '../targets.ts';

/** Targets of a rule (User Guide, "EventBridge quotas"). */
const MOST = 5;

export const putTargets: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Rule', 'EventBusName', 'Targets'], 'PutTargets');
  const targets = (input['Targets'] ?? []) as readonly Target[];
  checkCount(targets, 'targets');
  const rule = ruleOf(store, input['EventBusName'], input['Rule']);
  for (const [index, target] of targets.entries()) checkTarget(target, index, store.place);
  const after = new Map([...rule.targets, ...targets.map((target): [string, Target] => [target.Id, target])]);
  if (after.size > MOST) throw limitExceeded();
  for (const target of targets) rule.targets.set(target.Id, target);
  return { FailedEntryCount: 0, FailedEntries: [] };
};
