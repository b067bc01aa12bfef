import type { Action } from '../../service.ts';
import { describeMapping } from '../describe.ts';
import { createMapping } from '../event-source-mapping.ts';
import { MAPPING_MEMBERS, readMapping } from '../mapping-requests.ts';
import { onlyMembers, requiredText } from '../members.ts';
import type { LambdaStore } from '../store.ts';

/** Of a queue. The answer says `Creating`, or `Disabled` for one that is not to poll: recorded. */
export const createEventSourceMapping: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['EventSourceArn', 'FunctionName', ...MAPPING_MEMBERS]);
  const mapping = createMapping(store, {
    ...readMapping(input),
    functionName: requiredText(input, 'FunctionName'),
    queueArn: requiredText(input, 'EventSourceArn'),
  });
  return describeMapping(mapping, mapping.enabled ? 'Creating' : 'Disabled');
};
