import { ACCOUNT } from '../../service.ts';
import { documentProperty, generatedName, type ResourceType, textProperty } from '../resource-type.ts';

/** Kept with the stack: the local cloud does not enforce it yet. */
export const awsIamManagedPolicy: ResourceType = {
  type: 'AWS::IAM::ManagedPolicy',
  properties: ['Description', 'Groups', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles', 'Users'],
  create(resource) {
    documentProperty(resource, 'PolicyDocument');
    const name = textProperty(resource, 'ManagedPolicyName') ?? generatedName(resource);
    const arn = `arn:aws:iam::${ACCOUNT}:policy${textProperty(resource, 'Path') ?? '/'}${name}`;
    return { ref: arn, attributes: { PolicyArn: arn } };
  },
};
