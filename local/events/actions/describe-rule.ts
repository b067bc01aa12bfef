import type { Action } from '../../service.ts';
import { ruleAnswer } from '../answers.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { ruleOf } from '../store.ts';

export const describeRule: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Name', 'EventBusName'], 'DescribeRule');
  return { ...ruleAnswer(ruleOf(store, input['EventBusName'], input['Name'])), CreatedBy: store.place.account };
};
