import { functionOf } from '../../lambda/store.ts';
import { generatedName, type NewResource, placeOf, type ResourceType, requiredText, textProperty } from '../resource-type.ts';
import { StackError } from '../stack-error.ts';
import { isRecord } from '../template.ts';

/** Who may invoke a function: a statement of the function's policy. */
export const awsLambdaPermission: ResourceType = {
  type: 'AWS::Lambda::Permission',
  properties: ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'],
  create(resource, { lambda }) {
    const { name, arn } = functionOf(lambda, requiredText(resource, 'FunctionName')).latest.configuration;
    const id = generatedName(resource);
    const policy = lambda.policies.get(name);
    const before = isRecord(policy) && Array.isArray(policy['Statement']) ? policy['Statement'] : [];
    lambda.policies.set(name, { Version: '2012-10-17', Statement: [...before, statementOf(resource, id, arn)] });
    return { ref: id, attributes: { Id: id } };
  },
};

const statementOf = (resource: NewResource, Sid: string, Resource: string) => {
  const principal = requiredText(resource, 'Principal');
  if (principal === '*') throw new StackError(`${placeOf(resource, 'Principal')} must not be everybody on the local cloud`);
  const source = textProperty(resource, 'SourceArn');
  const account = textProperty(resource, 'SourceAccount');
  return {
    Sid,
    Effect: 'Allow',
    Principal: principal.endsWith('.amazonaws.com') ? { Service: principal } : { AWS: principal },
    Action: requiredText(resource, 'Action'),
    Resource,
    Condition: {
      ...(source === undefined ? {} : { ArnLike: { 'AWS:SourceArn': source } }),
      ...(account === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': account } }),
    },
  };
};
