import type { Action } from '../../service.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';

export const listEventBuses: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['NamePrefix'], 'ListEventBuses');
  const prefix = String(input['NamePrefix'] ?? '');
  return {
    EventBuses: [...store.buses.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, arn }) => ({ Name: name, Arn: arn })),
  };
};
