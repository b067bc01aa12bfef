import { documentProperty, generatedName, listProperty, type ResourceType } from '../resource-type.ts';

export const awsSqsQueuePolicy: ResourceType = {
  type: 'AWS::SQS::QueuePolicy',
  properties: ['PolicyDocument', 'Queues'],
  async create(resource, { call }) {
    const Policy = JSON.stringify(documentProperty(resource, 'PolicyDocument'));
    for (const queue of listProperty(resource, 'Queues'))
      await call('sqs', 'SetQueueAttributes', { QueueUrl: String(queue), Attributes: { Policy } });
    return { ref: generatedName(resource), attributes: { Id: generatedName(resource) } };
  },
};
