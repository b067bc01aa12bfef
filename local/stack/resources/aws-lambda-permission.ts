import { functionOf } from '../../lambda/store.ts';
import { generatedName, type ResourceType, requiredText } from '../resource-type.ts';

/** Who may invoke a function. Kept with the stack: the local cloud does not enforce it yet. */
export const awsLambdaPermission: ResourceType = {
  type: 'AWS::Lambda::Permission',
  properties: ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'],
  create(resource, { lambda }) {
    functionOf(lambda, requiredText(resource, 'FunctionName'));
    requiredText(resource, 'Action');
    requiredText(resource, 'Principal');
    return { ref: generatedName(resource), attributes: { Id: generatedName(resource) } };
  },
};
