import { invalid } from '../../lambda/errors.ts';
import { createMapping, mappingArn } from '../../lambda/event-source-mapping.ts';
import { functionOf } from '../../lambda/store.ts';
import type { CallApi } from '../api.ts';
import {
  booleanProperty,
  listProperty,
  numberProperty,
  type ResourceType,
  requiredText,
  structureProperty,
} from '../resource-type.ts';
import { isRecord } from '../template.ts';

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
  async create(resource, { lambda, call }) {
    const functionName = requiredText(resource, 'FunctionName');
    const queueArn = requiredText(resource, 'EventSourceArn');
    const { MaximumConcurrency } = structureProperty(resource, 'ScalingConfig', ['MaximumConcurrency']);
    if (lambda.queues.exists(queueArn))
      requireVisibility(await visibilityOf(queueArn, call), functionOf(lambda, functionName).configuration.timeout);
    const { id } = createMapping(lambda, {
      functionName,
      queueArn,
      batchSize: numberProperty(resource, 'BatchSize'),
      batchingWindow: numberProperty(resource, 'MaximumBatchingWindowInSeconds'),
      functionResponseTypes: listProperty(resource, 'FunctionResponseTypes').map(String),
      maximumConcurrency: MaximumConcurrency === undefined ? undefined : Number(MaximumConcurrency),
      enabled: booleanProperty(resource, 'Enabled'),
    });
    return { ref: id, attributes: { Id: id, EventSourceMappingArn: mappingArn(id) } };
  },
};

const visibilityOf = async (queueArn: string, call: CallApi): Promise<number> => {
  const { QueueUrl } = await call('sqs', 'GetQueueUrl', { QueueName: queueArn.slice(queueArn.lastIndexOf(':') + 1) });
  const { Attributes } = await call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['VisibilityTimeout'] });
  return Number(isRecord(Attributes) ? Attributes['VisibilityTimeout'] : Number.NaN);
};

/** Lambda refuses a queue whose messages come back while the function may still run. */
const requireVisibility = (visibility: number, timeout: number): void => {
  if (visibility < timeout)
    throw invalid(`Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeout} seconds`);
};
