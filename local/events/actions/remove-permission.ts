import type { Action } from '../../service.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { statementsOf } from '../policy.ts';
import { busOf, notFound } from '../store.ts';

/** One statement by its id, or all. */
export const removePermission: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['EventBusName', 'RemoveAllPermissions', 'StatementId'], 'RemovePermission');
  const bus = busOf(store, input['EventBusName']);
  const all = statementsOf(bus);
  const left = input['RemoveAllPermissions'] === true ? [] : all.filter(({ Sid }) => Sid !== input['StatementId']);
  if (input['RemoveAllPermissions'] !== true && left.length === all.length)
    throw notFound(
      bus.policy === undefined ? 'EventBus does not have a policy.' : 'Statement with the provided id does not exist.',
    );
  if (left.length === 0) delete bus.policy;
  else bus.policy = { ...bus.policy, Statement: left };
  bus.changedAt = store.clock.now();
  return undefined;
};
