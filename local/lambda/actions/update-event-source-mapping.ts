import type { Action } from '../../service.ts';
import { describeMapping } from '../describe.ts';
import { type EventSourceMapping, mappingOf, updateMapping } from '../event-source-mapping.ts';
import { MAPPING_MEMBERS, readMapping } from '../mapping-requests.ts';
import { onlyMembers, requiredText } from '../members.ts';
import type { LambdaStore } from '../store.ts';

/** A mapping keeps its queue and its function here. */
export const updateEventSourceMapping: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['UUID', ...MAPPING_MEMBERS]);
  const id = requiredText(input, 'UUID');
  const before = mappingOf(store, id).mapping;
  const mapping = updateMapping(store, id, readMapping(input));
  return describeMapping(mapping, transition(before, mapping));
};

const transition = (before: EventSourceMapping, after: EventSourceMapping): string => {
  if (before.enabled === after.enabled) return 'Updating';
  return after.enabled ? 'Enabling' : 'Disabling';
};
