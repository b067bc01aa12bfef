import type { Action } from '../../service.ts';
import { invalid, onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { busOf } from '../store.ts';

export const deleteRule: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Name', 'EventBusName', 'Force'], 'DeleteRule');
  const { rules } = busOf(store, input['EventBusName']);
  const rule = rules.get(String(input['Name']));
  if (rule === undefined) return undefined;
  if (rule.targets.size > 0) throw invalid("Rule can't be deleted since it has targets.");
  rule.unschedule?.();
  rules.delete(rule.name);
  return undefined;
};
