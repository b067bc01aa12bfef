import { createHash } from 'node:crypto';
import { ACCOUNT } from '../../service.ts';
import { documentProperty, generatedName, type ResourceType, textProperty } from '../resource-type.ts';

/** Kept with the stack: the local cloud does not enforce it yet. */
export const awsIamRole: ResourceType = {
  type: 'AWS::IAM::Role',
  properties: [
    'AssumeRolePolicyDocument',
    'Description',
    'ManagedPolicyArns',
    'MaxSessionDuration',
    'Path',
    'PermissionsBoundary',
    'Policies',
    'RoleName',
    'Tags',
  ],
  create(resource) {
    documentProperty(resource, 'AssumeRolePolicyDocument');
    const name = textProperty(resource, 'RoleName') ?? generatedName(resource).slice(0, LONGEST_NAME);
    const path = textProperty(resource, 'Path') ?? '/';
    const id = createHash('sha256').update(name).digest('hex').slice(0, 17).toUpperCase();
    return { ref: name, attributes: { Arn: `arn:aws:iam::${ACCOUNT}:role${path}${name}`, RoleId: `AROA${id}` } };
  },
};

const LONGEST_NAME = 64;
