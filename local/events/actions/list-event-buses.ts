import type { Action } from '../../service.ts';
import { busAnswer } from '../answers.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { pageOf } from '../pages.ts';

export const listEventBuses: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['NamePrefix', 'Limit', 'NextToken'], 'ListEventBuses');
  const prefix = String(input['NamePrefix'] ?? '');
  const fitting = [...store.buses.values()].filter(({ name }) => name.startsWith(prefix));
  const { page, token } = pageOf(fitting, ({ name }) => name, input);
  return { EventBuses: page.map(busAnswer), ...token };
};
