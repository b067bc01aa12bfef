import { unknownAttribute } from './errors.ts';
import type { Received } from './message.ts';

/** What a receive can tell of a message beside its content. */
const NAMES = [
  'SenderId',
  'SentTimestamp',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'SequenceNumber',
  'MessageDeduplicationId',
  'MessageGroupId',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
];

/** Times in milliseconds since the epoch. */
export const systemAttributesOf = ({ message, receiveCount, firstReceivedAt }: Received): Readonly<Record<string, string>> => {
  const all: Readonly<Record<string, string | undefined>> = {
    ApproximateReceiveCount: String(receiveCount),
    AWSTraceHeader: message.systemAttributes['AWSTraceHeader']?.StringValue,
    SentTimestamp: String(message.sentAt),
    SequenceNumber: message.sequenceNumber,
    MessageGroupId: message.groupId,
    SenderId: message.senderId,
    MessageDeduplicationId: message.deduplicationId,
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    DeadLetterQueueSourceArn: message.deadLetterSource,
  };
  const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(present);
};

export const checkSystemAttributeNames = (names: readonly string[]): void => {
  const unknown = names.find((name) => name !== 'All' && !NAMES.includes(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
};

export const chosenSystemAttributes = (
  received: Received,
  names: readonly string[],
): Readonly<Record<string, string>> | undefined => {
  const entries = Object.entries(systemAttributesOf(received));
  const chosen = names.includes('All') ? entries : entries.filter(([name]) => names.includes(name));
  return chosen.length === 0 ? undefined : Object.fromEntries(chosen);
};
