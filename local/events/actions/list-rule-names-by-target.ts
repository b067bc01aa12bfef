import type { Action } from '../../service.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { pageOf } from '../pages.ts';
import { busOf } from '../store.ts';

export const listRuleNamesByTarget: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['TargetArn', 'EventBusName', 'Limit', 'NextToken'], 'ListRuleNamesByTarget');
  const names = [...busOf(store, input['EventBusName']).rules.values()]
    .filter(({ targets }) => [...targets.values()].some(({ Arn }) => Arn === input['TargetArn']))
    .map(({ name }) => name);
  const { page, token } = pageOf(names, (name) => name, input);
  return { RuleNames: page, ...token };
};
