import type { Action } from '../../service.ts';
import { invalid, onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';

/** A bus that is not there is deleted already; one with rules is not deleted. */
export const deleteEventBus: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Name'], 'DeleteEventBus');
  const name = String(input['Name'] ?? '');
  if (name === 'default') throw invalid('Cannot delete event bus default.');
  if ((store.buses.get(name)?.rules.size ?? 0) > 0)
    throw invalid(`Event bus ${name} cannot be deleted because it contains rules.`);
  store.buses.delete(name);
  return undefined;
};
