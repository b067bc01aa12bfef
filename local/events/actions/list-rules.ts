import type { Action } from '../../service.ts';
import { ruleAnswer } from '../answers.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { busOf } from '../store.ts';

export const listRules: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['NamePrefix', 'EventBusName'], 'ListRules');
  const prefix = String(input['NamePrefix'] ?? '');
  const { rules } = busOf(store, input['EventBusName']);
  return { Rules: [...rules.values()].filter(({ name }) => name.startsWith(prefix)).map(ruleAnswer) };
};
