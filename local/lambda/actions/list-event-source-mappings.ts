import type { Action } from '../../service.ts';
import { describeMapping } from '../describe.ts';
import { onlyMembers, pageOf, textOf } from '../members.ts';
import { functionOf, type LambdaStore } from '../store.ts';

const MOST_PER_PAGE = 100;

export const listEventSourceMappings: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['EventSourceArn', 'FunctionName', 'Marker', 'MaxItems']);
  const queue = textOf(input, 'EventSourceArn');
  const reference = textOf(input, 'FunctionName');
  const name = reference === undefined ? undefined : functionOf(store, reference).latest.configuration.name;
  const mappings = [...store.mappings.values()]
    .map(({ mapping }) => mapping)
    .filter(({ queueArn, functionName }) => (queue ?? queueArn) === queueArn && (name ?? functionName) === functionName);
  const { page, ...next } = pageOf(mappings, ({ id }) => id, input, MOST_PER_PAGE);
  return { EventSourceMappings: page.map((mapping) => describeMapping(mapping)), ...next };
};
