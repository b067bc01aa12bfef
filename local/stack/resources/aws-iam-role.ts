import { attach, createRole, putInline } from '../../iam/store.ts';
import {
  documentProperty,
  generatedName,
  listProperty,
  type NewResource,
  numberProperty,
  placeOf,
  type ResourceType,
  textProperty,
} from '../resource-type.ts';
import { StackError } from '../stack-error.ts';
import { isRecord } from '../template.ts';

/** Description and tags are for people: nothing here reads them. */
export const awsIamRole: ResourceType = {
  type: 'AWS::IAM::Role',
  properties: [
    'AssumeRolePolicyDocument',
    'Description',
    'ManagedPolicyArns',
    'MaxSessionDuration',
    'Path',
    'Policies',
    'RoleName',
    'Tags',
  ],
  create(resource, { iam }) {
    const longestSession = numberProperty(resource, 'MaxSessionDuration');
    const role = createRole(iam, {
      name: textProperty(resource, 'RoleName') ?? generatedName(resource).slice(0, LONGEST_NAME),
      path: textProperty(resource, 'Path') ?? '/',
      trust: JSON.stringify(documentProperty(resource, 'AssumeRolePolicyDocument')),
      ...(longestSession === undefined ? {} : { longestSession }),
    });
    for (const arn of listProperty(resource, 'ManagedPolicyArns')) attach(iam, role, String(arn));
    for (const [name, document] of policiesIn(resource)) putInline(role, 'role', name, document);
    return { ref: role.name, attributes: { Arn: role.arn, RoleId: role.id } };
  },
};

const LONGEST_NAME = 64;

const policiesIn = (resource: NewResource): readonly (readonly [string, string])[] =>
  listProperty(resource, 'Policies').map((policy) => {
    const name = isRecord(policy) ? policy['PolicyName'] : undefined;
    if (!isRecord(policy) || typeof name !== 'string' || !isRecord(policy['PolicyDocument']))
      throw new StackError(`${placeOf(resource, 'Policies')} must be a list of { PolicyName, PolicyDocument }`);
    return [name, JSON.stringify(policy['PolicyDocument'])];
  });
