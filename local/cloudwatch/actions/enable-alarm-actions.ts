import type { Action } from '../../service.ts';
import { type CloudWatchStore, namesIn, onlyKnown } from '../store.ts';

export const enableAlarmActions: Action<CloudWatchStore> = (store, input) => {
  onlyKnown(input, ['AlarmNames'], 'EnableAlarmActions');
  for (const name of namesIn(input)) {
    const alarm = store.alarms.get(name);
    if (alarm !== undefined) alarm.actionsEnabled = true;
  }
  return undefined;
};
