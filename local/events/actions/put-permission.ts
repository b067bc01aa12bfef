import type { Action } from '../../service.ts';
import { invalid, onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { busOf } from '../store.ts';

/** A whole policy; single statements (`Action`, `Principal`, `StatementId`) are refused by name. */
export const putPermission: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['EventBusName', 'Policy'], 'PutPermission');
  const bus = busOf(store, input['EventBusName']);
  try {
    bus.policy = JSON.parse(String(input['Policy'] ?? ''));
  } catch {
    throw invalid('Parameter Policy is not valid JSON.');
  }
  return undefined;
};
