import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { type CloudWatchStore, invalid, namesIn, onlyKnown } from '../store.ts';

/** All of them, or, if one is not there, none; at most one of them composite, and none that another's rule is about. */
export const deleteAlarms: Action<CloudWatchStore> = (store, input) => {
  onlyKnown(input, ['AlarmNames'], 'DeleteAlarms');
  const names = namesIn(input);
  if (names.some((name) => !store.alarms.has(name))) throw new AwsError('ResourceNotFound', '', { status: 404 });
  if (names.filter((name) => store.alarms.get(name)?.rule !== undefined).length > 1)
    throw invalid('DeleteAlarms takes no more than one composite alarm.');
  const others = [...store.alarms.values()].filter(({ name }) => !names.includes(name));
  const needed = names.find((name) => others.some(({ rule }) => rule?.alarms.includes(name)));
  if (needed !== undefined) throw invalid(`Cannot delete ${needed} as there are composite alarm(s) depending on it.`);
  for (const name of names) store.alarms.delete(name);
  return undefined;
};
