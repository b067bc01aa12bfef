import type { Action } from '../../service.ts';
import { type CloudWatchStore, namesIn, onlyKnown } from '../store.ts';

export const disableAlarmActions: Action<CloudWatchStore> = (store, input) => {
  onlyKnown(input, ['AlarmNames'], 'DisableAlarmActions');
  for (const name of namesIn(input)) {
    const alarm = store.alarms.get(name);
    if (alarm !== undefined) alarm.actionsEnabled = false;
  }
  return undefined;
};
