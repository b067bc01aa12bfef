import type { Action } from '../../service.ts';
import { describeFunction } from '../describe.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { type LambdaStore, versionOf } from '../store.ts';

export const getFunctionConfiguration: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Qualifier']);
  return describeFunction(versionOf(store, requiredText(input, 'FunctionName'), textOf(input, 'Qualifier')).configuration);
};
