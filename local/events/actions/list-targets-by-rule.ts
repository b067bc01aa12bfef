import type { Action } from '../../service.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { ruleOf } from '../store.ts';

export const listTargetsByRule: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Rule', 'EventBusName'], 'ListTargetsByRule');
  return { Targets: [...ruleOf(store, input['EventBusName'], input['Rule']).targets.values()] };
};
