import type { Action } from '../../service.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { reschedule } from '../schedule.ts';
import { ruleOf } from '../store.ts';

export const enableRule: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Name', 'EventBusName'], 'EnableRule');
  const rule = ruleOf(store, input['EventBusName'], input['Name']);
  rule.state = 'ENABLED';
  reschedule(store, rule);
  return undefined;
};
