import type { Action } from '../../service.ts';
import { ruleAnswer } from '../answers.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { pageOf } from '../pages.ts';
import { busOf } from '../store.ts';

export const listRules: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['NamePrefix', 'EventBusName', 'Limit', 'NextToken'], 'ListRules');
  const prefix = String(input['NamePrefix'] ?? '');
  const fitting = [...busOf(store, input['EventBusName']).rules.values()].filter(({ name }) => name.startsWith(prefix));
  const { page, token } = pageOf(fitting, ({ name }) => name, input);
  return { Rules: page.map(ruleAnswer), ...token };
};
