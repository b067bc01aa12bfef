import { attach, createPolicy, roleNamed, userNamed } from '../../iam/store.ts';
import { documentProperty, generatedName, listProperty, type ResourceType, textProperty } from '../resource-type.ts';

export const awsIamManagedPolicy: ResourceType = {
  type: 'AWS::IAM::ManagedPolicy',
  properties: ['Description', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles', 'Users'],
  create(resource, { iam }) {
    const name = textProperty(resource, 'ManagedPolicyName') ?? generatedName(resource);
    const document = JSON.stringify(documentProperty(resource, 'PolicyDocument'));
    const arn = createPolicy(iam, name, textProperty(resource, 'Path') ?? '/', document);
    for (const role of listProperty(resource, 'Roles')) attach(iam, roleNamed(iam, String(role)), arn);
    for (const user of listProperty(resource, 'Users')) attach(iam, userNamed(iam, String(user)), arn);
    return { ref: arn, attributes: { PolicyArn: arn } };
  },
};
