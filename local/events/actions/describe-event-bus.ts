import type { Action } from '../../service.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { busOf } from '../store.ts';

export const describeEventBus: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Name'], 'DescribeEventBus');
  const { name, arn, policy } = busOf(store, input['Name']);
  return { Name: name, Arn: arn, ...(policy === undefined ? {} : { Policy: JSON.stringify(policy) }) };
};
