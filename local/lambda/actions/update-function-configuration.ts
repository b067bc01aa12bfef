import type { Action } from '../../service.ts';
import { requireRevision } from '../aliases.ts';
import { configure } from '../configuration.ts';
import { describeFunction } from '../describe.ts';
import { integerOf, onlyMembers, requiredText, textOf } from '../members.ts';
import { functionOf, type LambdaStore } from '../store.ts';
import { beginUpdate, requireIdle } from '../updating.ts';
import { variablesOf } from './create-function.ts';

/** What is not given stays. */
export const updateFunctionConfiguration: Action<LambdaStore> = async (store, input) => {
  onlyMembers(input, ['FunctionName', 'Description', 'Environment', 'MemorySize', 'RevisionId', 'Timeout']);
  const found = functionOf(store, requiredText(input, 'FunctionName'));
  requireIdle(found);
  const { configuration } = found.latest;
  requireRevision(textOf(input, 'RevisionId'), configuration.revisionId);
  const asked = {
    description: textOf(input, 'Description') ?? configuration.description,
    memory: integerOf(input, 'MemorySize') ?? configuration.memory,
    timeout: integerOf(input, 'Timeout') ?? configuration.timeout,
    environment: input['Environment'] === undefined ? configuration.environment : variablesOf(input),
  };
  const { description, memory, timeout, environment } = configure(store.place, { ...configuration, ...asked }, '');
  return describeFunction(await beginUpdate(store, found, { description, memory, timeout, environment }));
};
