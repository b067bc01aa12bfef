import { pathToFileURL } from 'node:url';
import type { Action } from '../../service.ts';
import { describeFunction } from '../describe.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { functionOf, type LambdaStore } from '../store.ts';

export const getFunction: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Qualifier']);
  const { configuration } = functionOf(store, requiredText(input, 'FunctionName'), textOf(input, 'Qualifier'));
  return {
    Configuration: describeFunction(configuration),
    Code: { RepositoryType: 'S3', Location: pathToFileURL(configuration.code).href },
  };
};
