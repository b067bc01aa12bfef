import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { invalid } from '../errors.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { type PolicyStatement, policyOwner, statementsOf } from '../policies.ts';
import { type LambdaStore, versionOf } from '../store.ts';

/** A statement of the policy of a function, a version or an alias. */
export const addPermission: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, [
    'FunctionName',
    'Qualifier',
    'StatementId',
    'Action',
    'Principal',
    'SourceArn',
    'SourceAccount',
    'FunctionUrlAuthType',
  ]);
  const reference = requiredText(input, 'FunctionName');
  const qualifier = textOf(input, 'Qualifier');
  const { name, arn } = versionOf(store, reference, qualifier).configuration;
  const owner = policyOwner(name, qualifier);
  const Sid = requiredText(input, 'StatementId');
  const before = statementsOf(store, owner);
  if (before.some((statement) => statement.Sid === Sid))
    throw new AwsError(
      'ResourceConflictException',
      `The statement id (${Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      { status: 409 },
    );
  const unqualified = arn.split(':').slice(0, 7).join(':');
  const statement = statementFrom(input, Sid, qualifier === undefined ? unqualified : `${unqualified}:${qualifier}`);
  store.policies.set(owner, { Version: '2012-10-17', Id: 'default', Statement: [...before, statement] });
  return { Statement: JSON.stringify(statement) };
};

const statementFrom = (input: Readonly<Record<string, unknown>>, Sid: string, Resource: string): PolicyStatement => {
  const principal = requiredText(input, 'Principal');
  const Action = requiredText(input, 'Action');
  const authType = textOf(input, 'FunctionUrlAuthType');
  if (principal === '*' && (Action !== 'lambda:InvokeFunctionUrl' || authType !== 'NONE'))
    throw invalid('On the local cloud everybody can be let in by a function URL of the type NONE alone');
  const source = textOf(input, 'SourceArn');
  const account = textOf(input, 'SourceAccount');
  const equals = {
    ...(authType === undefined ? {} : { 'lambda:FunctionUrlAuthType': authType }),
    ...(account === undefined ? {} : { 'AWS:SourceAccount': account }),
  };
  const Condition = {
    ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
    ...(source === undefined ? {} : { ArnLike: { 'AWS:SourceArn': source } }),
  };
  return {
    Sid,
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : principal.endsWith('.amazonaws.com') ? { Service: principal } : { AWS: principal },
    Action,
    Resource,
    ...(Object.keys(Condition).length === 0 ? {} : { Condition }),
  };
};
