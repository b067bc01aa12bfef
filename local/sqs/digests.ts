import { createHash } from 'node:crypto';
import type { MessageAttribute, MessageAttributes } from './message.ts';

export const md5 = (content: string | Buffer): string => createHash('md5').update(content).digest('hex');

/** MessageDeduplicationId of a queue with content-based de-duplication: of the body alone, not of the attributes. */
export const contentDigest = (body: string): string => createHash('sha256').update(body).digest('hex');

const STRING = Buffer.from([1]);
const BINARY = Buffer.from([2]);

const sized = (value: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, value]);
};

const encoded = ([name, attribute]: readonly [string, MessageAttribute]): Buffer =>
  Buffer.concat([
    sized(Buffer.from(name)),
    sized(Buffer.from(attribute.DataType)),
    attribute.BinaryValue === undefined ? STRING : BINARY,
    sized(
      attribute.BinaryValue === undefined
        ? Buffer.from(attribute.StringValue ?? '')
        : Buffer.from(attribute.BinaryValue, 'base64'),
    ),
  ]);

/**
 * MD5OfMessageAttributes; `undefined` without attributes.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export const md5OfAttributes = (attributes: MessageAttributes): string | undefined => {
  const entries = Object.entries(attributes).sort(([left], [right]) => (left < right ? -1 : 1));
  return entries.length === 0 ? undefined : md5(Buffer.concat(entries.map(encoded)));
};
