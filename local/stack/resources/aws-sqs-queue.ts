import { generatedName, type NewResource, type ResourceType, tagsOf, textProperty } from '../resource-type.ts';
import { isRecord } from '../template.ts';

/** Properties that are the queue's attributes, by the same name (template reference; SQS API reference, CreateQueue). */
const ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
] as const;

const attributeText = (value: unknown): string => (isRecord(value) ? JSON.stringify(value) : String(value));

const attributesOf = ({ properties }: NewResource): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ATTRIBUTES.filter((name) => properties[name] !== undefined)
      // A standard queue is one that does not say FifoQueue: SQS refuses false.
      .filter((name) => !(name === 'FifoQueue' && String(properties[name]) === 'false'))
      .map((name) => [name, attributeText(properties[name])]),
  );

export const awsSqsQueue: ResourceType = {
  type: 'AWS::SQS::Queue',
  properties: [...ATTRIBUTES, 'QueueName', 'Tags'],
  async create(resource, { call }) {
    const attributes = attributesOf(resource);
    const suffix = attributes['FifoQueue'] === 'true' ? '.fifo' : '';
    const QueueName = textProperty(resource, 'QueueName') ?? `${generatedName(resource)}${suffix}`;
    const { QueueUrl } = await call('sqs', 'CreateQueue', { QueueName, Attributes: attributes, tags: tagsOf(resource) });
    const { Attributes } = await call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] });
    const url = String(QueueUrl);
    return { ref: url, attributes: { Arn: arnIn(Attributes), QueueName, QueueUrl: url } };
  },
};

const arnIn = (attributes: unknown): string => String(isRecord(attributes) ? attributes['QueueArn'] : '');
