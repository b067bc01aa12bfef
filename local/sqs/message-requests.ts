import { md5, md5OfAttributes } from './digests.ts';
import type { MessageContent } from './message.ts';
import { givenAttributes, readMessageAttributes, readSystemAttributes } from './message-attributes.ts';
import type { Sent } from './sending.ts';
import { integer, optional, type Read, string } from './shape.ts';

/** The members that SendMessage and an entry of SendMessageBatch share. */
export const messageMembers = {
  MessageBody: optional(string),
  DelaySeconds: optional(integer),
  MessageAttributes: givenAttributes,
  MessageSystemAttributes: givenAttributes,
  MessageDeduplicationId: optional(string),
  MessageGroupId: optional(string),
};

export const contentOf = (given: Read<typeof messageMembers>, senderId: string): MessageContent => ({
  body: given.MessageBody ?? '',
  attributes: readMessageAttributes(given.MessageAttributes),
  systemAttributes: readSystemAttributes(given.MessageSystemAttributes),
  groupId: given.MessageGroupId,
  deduplicationId: given.MessageDeduplicationId,
  senderId,
});

/** An object without the member, if there is no value for it. */
export const withMember = (name: string, value: unknown): Readonly<Record<string, unknown>> =>
  value === undefined ? {} : { [name]: value };

/** The digests are of what was sent, also when it was dropped as a duplicate: clients compare them. */
export const sentAnswer = ({ body, attributes, systemAttributes }: MessageContent, sent: Sent) => ({
  MessageId: sent.messageId,
  MD5OfMessageBody: md5(body),
  ...withMember('MD5OfMessageAttributes', md5OfAttributes(attributes)),
  ...withMember('MD5OfMessageSystemAttributes', md5OfAttributes(systemAttributes)),
  ...withMember('SequenceNumber', sent.sequenceNumber),
});
