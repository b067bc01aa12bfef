import type { Action } from '../../service.ts';
import { busAnswer } from '../answers.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { busOf } from '../store.ts';

export const describeEventBus: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Name'], 'DescribeEventBus');
  return busAnswer(busOf(store, input['Name']));
};
