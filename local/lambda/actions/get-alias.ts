import type { Action } from '../../service.ts';
import { aliasOf } from '../aliases.ts';
import { describeAlias } from '../describe.ts';
import { onlyMembers, requiredText } from '../members.ts';
import type { LambdaStore } from '../store.ts';

export const getAlias: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Name']);
  return describeAlias(aliasOf(store, requiredText(input, 'FunctionName'), requiredText(input, 'Name')));
};
