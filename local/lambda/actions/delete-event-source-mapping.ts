import type { Action } from '../../service.ts';
import { describeMapping } from '../describe.ts';
import { deleteMapping } from '../event-source-mapping.ts';
import { onlyMembers, requiredText } from '../members.ts';
import type { LambdaStore } from '../store.ts';

export const deleteEventSourceMapping: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['UUID']);
  return describeMapping(deleteMapping(store, requiredText(input, 'UUID')), 'Deleting');
};
