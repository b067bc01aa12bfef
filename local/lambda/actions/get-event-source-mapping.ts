import type { Action } from '../../service.ts';
import { describeMapping } from '../describe.ts';
import { mappingOf } from '../event-source-mapping.ts';
import { onlyMembers, requiredText } from '../members.ts';
import type { LambdaStore } from '../store.ts';

export const getEventSourceMapping: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['UUID']);
  return describeMapping(mappingOf(store, requiredText(input, 'UUID')).mapping);
};
