import type { Action } from '../../service.ts';
import { onlyKnown } from '../known.ts';
import type { EventsStore } from '../model.ts';
import { ruleOf } from '../store.ts';
import { checkCount } from '../targets.ts';

export const removeTargets: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Rule', 'EventBusName', 'Ids', 'Force'], 'RemoveTargets');
  const ids = (input['Ids'] ?? []) as readonly string[];
  checkCount(ids, 'ids');
  const rule = ruleOf(store, input['EventBusName'], input['Rule']);
  const missing = ids.filter((id) => !rule.targets.has(id));
  for (const id of ids) rule.targets.delete(id);
  return {
    FailedEntryCount: missing.length,
    FailedEntries: missing.map((id) => ({
      TargetId: id,
      ErrorCode: 'ResourceNotFoundException',
      ErrorMessage: `Target ${id} does not exist.`,
    })),
  };
};
