import type { Action } from '../../service.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { busOf } from '../store.ts';

export const listRuleNamesByTarget: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['TargetArn', 'EventBusName'], 'ListRuleNamesByTarget');
  const { rules } = busOf(store, input['EventBusName']);
  return {
    RuleNames: [...rules.values()]
      .filter(({ targets }) => [...targets.values()].some(({ Arn }) => Arn === input['TargetArn']))
      .map(({ name }) => name),
  };
};
