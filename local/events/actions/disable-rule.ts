import type { Action } from '../../service.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { reschedule } from '../schedule.ts';
import { ruleOf } from '../store.ts';

export const disableRule: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Name', 'EventBusName'], 'DisableRule');
  const rule = ruleOf(store, input['EventBusName'], input['Name']);
  rule.state = 'DISABLED';
  reschedule(store, rule);
  return undefined;
};
