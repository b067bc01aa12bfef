import { createMapping } from '../../lambda/event-source-mapping.ts';
import {
  booleanProperty,
  listProperty,
  numberProperty,
  type ResourceType,
  requiredText,
  structureProperty,
} from '../resource-type.ts';

export const awsLambdaEventSourceMapping: ResourceType = {
  type: 'AWS::Lambda::EventSourceMapping',
  properties: [
    'BatchSize',
    'Enabled',
    'EventSourceArn',
    'FunctionName',
    'FunctionResponseTypes',
    'MaximumBatchingWindowInSeconds',
    'ScalingConfig',
    'Tags',
  ],
  create(resource, { lambda }) {
    const functionName = requiredText(resource, 'FunctionName');
    const queueArn = requiredText(resource, 'EventSourceArn');
    const { MaximumConcurrency } = structureProperty(resource, 'ScalingConfig', ['MaximumConcurrency']);
    const { id, arn } = createMapping(lambda, {
      functionName,
      queueArn,
      batchSize: numberProperty(resource, 'BatchSize'),
      batchingWindow: numberProperty(resource, 'MaximumBatchingWindowInSeconds'),
      functionResponseTypes: listProperty(resource, 'FunctionResponseTypes').map(String),
      maximumConcurrency: MaximumConcurrency === undefined ? undefined : Number(MaximumConcurrency),
      enabled: booleanProperty(resource, 'Enabled'),
    });
    return { ref: id, attributes: { Id: id, EventSourceMappingArn: arn } };
  },
};
