import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { aliasName, putAlias } from '../aliases.ts';
import { describeAlias } from '../describe.ts';
import { onlyMembers, requiredText } from '../members.ts';
import { functionOf, type LambdaStore } from '../store.ts';

export const createAlias: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Name', 'FunctionVersion', 'Description', 'RoutingConfig']);
  const reference = requiredText(input, 'FunctionName');
  const name = aliasName(requiredText(input, 'Name'));
  requiredText(input, 'FunctionVersion');
  const { aliases } = functionOf(store, reference);
  const known = aliases.get(name);
  if (known !== undefined) throw new AwsError('ResourceConflictException', `Alias already exists: ${known.arn}`, { status: 409 });
  return describeAlias(putAlias(store, reference, name, input));
};
