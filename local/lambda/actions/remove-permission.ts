import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { policyOwner, statementsOf } from '../policies.ts';
import { type LambdaStore, versionOf } from '../store.ts';

export const removePermission: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Qualifier', 'StatementId']);
  const qualifier = textOf(input, 'Qualifier');
  const { name } = versionOf(store, requiredText(input, 'FunctionName'), qualifier).configuration;
  const owner = policyOwner(name, qualifier);
  const Sid = requiredText(input, 'StatementId');
  const before = statementsOf(store, owner);
  const rest = before.filter((statement) => statement.Sid !== Sid);
  if (rest.length === before.length)
    throw new AwsError('ResourceNotFoundException', `Statement ${Sid} is not found in resource policy.`, { status: 404 });
  if (rest.length === 0) store.policies.delete(owner);
  else store.policies.set(owner, { Version: '2012-10-17', Id: 'default', Statement: rest });
};
