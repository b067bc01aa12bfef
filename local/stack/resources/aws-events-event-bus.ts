import { type ResourceType, requiredText } from '../resource-type.ts';

export const awsEventsEventBus: ResourceType = {
  type: 'AWS::Events::EventBus',
  properties: ['DeadLetterConfig', 'Description', 'EventSourceName', 'KmsKeyIdentifier', 'LogConfig', 'Name', 'Tags'],
  async create(resource, { call }) {
    const { EventBusArn } = await call('events', 'CreateEventBus', resource.properties);
    const name = requiredText(resource, 'Name');
    return { ref: name, attributes: { Arn: String(EventBusArn), Name: name } };
  },
};
