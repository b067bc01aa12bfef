import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { type CloudWatchStore, onlyKnown } from '../store.ts';

/** All of them, or, if one is not there, none. */
export const deleteAlarms: Action<CloudWatchStore> = (store, input) => {
  onlyKnown(input, ['AlarmNames'], 'DeleteAlarms');
  const names = (input['AlarmNames'] ?? []) as readonly string[];
  if (names.some((name) => !store.alarms.has(name))) throw new AwsError('ResourceNotFound', '', { status: 404 });
  for (const name of names) store.alarms.delete(name);
  return undefined;
};
