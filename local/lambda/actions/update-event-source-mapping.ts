import type { Action } from '../../service.ts';
import { describeMapping } from '../describe.ts';
import { invalid } from '../errors.ts';
import { type EventSourceMapping, mappingOf, updateMapping } from '../event-source-mapping.ts';
import { booleanOf, integerOf, onlyMembers, requiredText, textsOf } from '../members.ts';
import type { LambdaStore } from '../store.ts';

/** A mapping keeps its queue and its function here. */
export const updateEventSourceMapping: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, [
    'UUID',
    'Enabled',
    'BatchSize',
    'MaximumBatchingWindowInSeconds',
    'FunctionResponseTypes',
    'ScalingConfig',
  ]);
  const id = requiredText(input, 'UUID');
  const before = mappingOf(store, id).mapping;
  const mapping = updateMapping(store, id, {
    enabled: booleanOf(input, 'Enabled'),
    batchSize: integerOf(input, 'BatchSize'),
    batchingWindow: integerOf(input, 'MaximumBatchingWindowInSeconds'),
    functionResponseTypes: textsOf(input, 'FunctionResponseTypes'),
    maximumConcurrency: concurrencyOf(input['ScalingConfig']),
  });
  return describeMapping(mapping, transition(before, mapping));
};

const concurrencyOf = (scaling: unknown): number | undefined => {
  if (scaling === undefined) return undefined;
  if (typeof scaling !== 'object' || scaling === null || Array.isArray(scaling))
    throw invalid('ScalingConfig must be a structure');
  const input = scaling as Readonly<Record<string, unknown>>;
  onlyMembers(input, ['MaximumConcurrency']);
  return integerOf(input, 'MaximumConcurrency');
};

const transition = (before: EventSourceMapping, after: EventSourceMapping): string => {
  if (before.enabled === after.enabled) return 'Updating';
  return after.enabled ? 'Enabling' : 'Disabling';
};
