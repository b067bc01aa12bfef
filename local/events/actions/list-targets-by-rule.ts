import type { Action } from '../../service.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { pageOf } from '../pages.ts';
import { ruleOf } from '../store.ts';

export const listTargetsByRule: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Rule', 'EventBusName', 'Limit', 'NextToken'], 'ListTargetsByRule');
  const targets = [...ruleOf(store, input['EventBusName'], input['Rule']).targets.values()];
  const { page, token } = pageOf(targets, ({ Id }) => Id, input);
  return { Targets: page, ...token };
};
