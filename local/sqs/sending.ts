import { forbiddenCharacter } from './characters.ts';
import { DEDUPLICATION_MILLISECONDS, findDuplicate, rememberAccepted } from './deduplication.ts';
import { contentDigest } from './digests.ts';
import { invalidMessageContents, invalidParameterValue, invalidValue, missingParameter, notForThisQueueType } from './errors.ts';
import { randomUuid, sequenceNumber } from './identifiers.ts';
import { type Message, type MessageContent, sizeOf } from './message.ts';
import { nextTurn, numberOf, type Queue } from './queue.ts';
import type { SqsStore } from './store.ts';
import { watch } from './wake-ups.ts';

/** Of groups, de-duplication and receive attempts: letters, digits and ASCII punctuation. */
export const checkId = (parameter: string, value: string | undefined): void => {
  if (value === undefined || /^[!-~]{1,128}$/.test(value)) return;
  const reason = `${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
  throw invalidValue(parameter, value, reason);
};

const checkDelay = (queue: Queue, delaySeconds: number | undefined): void => {
  if (delaySeconds === undefined) return;
  if (queue.fifo && delaySeconds !== 0) throw notForThisQueueType('DelaySeconds', delaySeconds);
  if (delaySeconds < 0 || delaySeconds > 900) {
    throw invalidValue('DelaySeconds', delaySeconds, 'DelaySeconds must be >= 0 and <= 900.');
  }
};

export const isDeduplicated = (queue: Queue): boolean => queue.attributes.get('ContentBasedDeduplication') === 'true';

export const missingDeduplicationId = () =>
  invalidParameterValue(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );

const checkIds = (queue: Queue, { groupId, deduplicationId }: MessageContent): void => {
  if (queue.fifo && groupId === undefined) throw missingParameter('MessageGroupId');
  checkId('MessageGroupId', groupId);
  if (!queue.fifo && deduplicationId !== undefined) throw notForThisQueueType('MessageDeduplicationId', deduplicationId);
  if (queue.fifo && deduplicationId === undefined && !isDeduplicated(queue)) throw missingDeduplicationId();
  checkId('MessageDeduplicationId', deduplicationId);
};

/** A batch says "cannot be validated" where a single message "is invalid": recorded. */
const checkBody = (queue: Queue, content: MessageContent, complaint: string): void => {
  if (content.body === '') throw missingParameter('MessageBody');
  const bad = forbiddenCharacter(content.body, 'message body');
  if (bad !== undefined) throw invalidMessageContents(bad);
  const limit = numberOf(queue, 'MaximumMessageSize');
  if (sizeOf(content.body, content.attributes) > limit) {
    throw invalidParameterValue(`One or more parameters ${complaint}. Reason: Message must be shorter than ${limit} bytes.`);
  }
};

interface Additional {
  readonly sentAt: number;
  readonly delaySeconds: number | undefined;
  readonly deadLetterSource?: string | undefined;
  readonly receiveCount?: number;
  readonly firstReceivedAt?: number | undefined;
}

/** Puts a message, new or moved here, at the end of the queue. Who waits for it is told by the caller. */
export const enqueue = (
  store: SqsStore,
  queue: Queue,
  id: string,
  content: MessageContent,
  { sentAt, delaySeconds, deadLetterSource, receiveCount = 0, firstReceivedAt }: Additional,
): Message => {
  if (queue.fifo) store.sequence.count += 1;
  const message: Message = {
    ...content,
    id,
    sentAt,
    delaySeconds: queue.fifo ? undefined : (delaySeconds ?? numberOf(queue, 'DelaySeconds')),
    sequenceNumber: queue.fifo ? sequenceNumber(store.sequence.count) : undefined,
    deadLetterSource,
    receiveCount,
    firstReceivedAt,
    hiddenUntil: undefined,
    receivedAt: sentAt,
    turn: nextTurn(queue),
    handle: undefined,
  };
  queue.messages.set(id, message);
  watch(store, queue, id);
  return message;
};

export interface Sent {
  readonly messageId: string;
  readonly sequenceNumber: string | undefined;
}

/**
 * Checks a message and puts it into the queue; a duplicate is answered with the message that it repeats, and dropped.
 * Who waits for messages is told by the caller.
 */
export const acceptMessage = (
  store: SqsStore,
  queue: Queue,
  content: MessageContent,
  delaySeconds: number | undefined,
  complaint = 'are invalid',
): Sent => {
  checkBody(queue, content, complaint);
  checkDelay(queue, delaySeconds);
  checkIds(queue, content);
  const now = store.clock.now();
  const { groupId } = content;
  if (!queue.fifo || groupId === undefined) {
    const { id } = enqueue(store, queue, randomUuid(store.random), content, { sentAt: now, delaySeconds });
    return { messageId: id, sequenceNumber: undefined };
  }
  const deduplicationId = content.deduplicationId ?? contentDigest(content.body);
  const duplicate = findDuplicate(queue, groupId, deduplicationId, now);
  if (duplicate !== undefined) return duplicate;
  const details = { sentAt: now, delaySeconds: undefined };
  const message = enqueue(store, queue, randomUuid(store.random), { ...content, deduplicationId }, details);
  const sent = { messageId: message.id, sequenceNumber: message.sequenceNumber };
  rememberAccepted(queue, groupId, deduplicationId, { ...sent, until: now + DEDUPLICATION_MILLISECONDS }, now);
  return sent;
};
