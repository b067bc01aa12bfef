import type { Action } from '../../service.ts';
import { describeUrl } from '../describe.ts';
import { urlOf } from '../function-urls.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { functionOf, type LambdaStore } from '../store.ts';

export const getFunctionUrlConfig: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Qualifier']);
  const reference = requiredText(input, 'FunctionName');
  const qualifier = textOf(input, 'Qualifier');
  const { arn } = functionOf(store, reference).latest.configuration;
  return describeUrl(arn, qualifier, urlOf(store, reference, qualifier));
};
