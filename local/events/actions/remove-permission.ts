import type { Action } from '../../service.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { busOf } from '../store.ts';

export const removePermission: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['EventBusName', 'RemoveAllPermissions'], 'RemovePermission');
  delete busOf(store, input['EventBusName']).policy;
  return undefined;
};
