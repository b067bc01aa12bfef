import type { ReceivedMessage } from '../ports.ts';
import { md5OfAttributes } from '../sqs/digests.ts';
import type { MessageAttributes } from '../sqs/message.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';

/** The event of a batch, as Lambda hands it to the function (developer guide, with-sqs; recorded answers). */
export const sqsEvent = (mapping: EventSourceMapping, messages: readonly ReceivedMessage[]) => ({
  Records: messages.map((message) => record(mapping, message)),
});

const record = ({ queueArn, batchingWindow }: EventSourceMapping, message: ReceivedMessage) => {
  const { messageId, receiptHandle, body, md5OfBody, attributes, messageAttributes } = message;
  const md5 = md5OfAttributes(sentAttributes(messageAttributes));
  return {
    messageId,
    receiptHandle,
    body,
    attributes,
    messageAttributes,
    // Recorded: a mapping with a batching window writes null where there is nothing, one without leaves the member out.
    ...(md5 !== undefined || batchingWindow > 0 ? { md5OfMessageAttributes: md5 ?? null } : {}),
    md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3],
  };
};

/** The queue hands them over in Lambda's spelling; their digest is that of SQS's. */
const sentAttributes = (attributes: ReceivedMessage['messageAttributes']): MessageAttributes =>
  Object.fromEntries(
    Object.entries(attributes as Readonly<Record<string, RecordAttribute>>).map(
      ([name, { dataType, stringValue, binaryValue }]) => [
        name,
        {
          DataType: dataType,
          ...(stringValue === undefined ? {} : { StringValue: stringValue }),
          ...(binaryValue === undefined ? {} : { BinaryValue: binaryValue }),
        },
      ],
    ),
  );

interface RecordAttribute {
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: string;
}
