import type { Action } from '../../service.ts';
import { onlyMembers, requiredText } from '../members.ts';
import { type LambdaStore, removeFunction } from '../store.ts';

/** Its event source mappings stay (API reference, DeleteFunction); without a function they do not poll. */
export const deleteFunction: Action<LambdaStore> = async (store, input) => {
  onlyMembers(input, ['FunctionName']);
  await removeFunction(store, requiredText(input, 'FunctionName'));
};
