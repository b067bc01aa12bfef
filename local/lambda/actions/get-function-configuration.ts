import type { Action } from '../../service.ts';
import { describeFunction } from '../describe.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { functionOf, type LambdaStore } from '../store.ts';

export const getFunctionConfiguration: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Qualifier']);
  return describeFunction(functionOf(store, requiredText(input, 'FunctionName'), textOf(input, 'Qualifier')).configuration);
};
