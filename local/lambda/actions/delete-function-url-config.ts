import type { Action } from '../../service.ts';
import { urlOf } from '../function-urls.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { functionOf, type LambdaStore } from '../store.ts';

export const deleteFunctionUrlConfig: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Qualifier']);
  const reference = requiredText(input, 'FunctionName');
  const qualifier = textOf(input, 'Qualifier');
  store.network.serve(...urlOf(store, reference, qualifier).listener, undefined);
  functionOf(store, reference).urls.delete(qualifier ?? '$LATEST');
};
