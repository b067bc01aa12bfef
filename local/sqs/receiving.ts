import { receiptHandle } from './identifiers.ts';
import type { Message, Received } from './message.ts';
import { nextTurn, type Queue } from './queue.ts';
import { receivable } from './receivable.ts';
import { redriveTarget } from './redrive-policy.ts';
import { enqueue } from './sending.ts';
import type { SqsStore } from './store.ts';
import { announceLater, watch } from './wake-ups.ts';

/** Hides a message for a receiver. */
const take = (store: SqsStore, queue: Queue, message: Message, visibilitySeconds: number): Received => {
  const now = store.clock.now();
  const handle = receiptHandle(queue.arn, message.id, store.random);
  const firstReceivedAt = message.firstReceivedAt ?? now;
  message.receiveCount += 1;
  message.firstReceivedAt = firstReceivedAt;
  message.receivedAt = now;
  message.hiddenUntil = now + visibilitySeconds * 1000;
  message.turn = nextTurn(queue);
  message.handle = handle;
  watch(store, queue, message.id);
  return { message, handle, receiveCount: message.receiveCount, firstReceivedAt };
};

/**
 * To the dead-letter queue, under the same id. A standard message keeps its age there; a FIFO message starts anew and takes its
 * message id for de-duplication, so that it is never taken for another's duplicate.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
const bury = (store: SqsStore, queue: Queue, message: Message, target: Queue): void => {
  queue.messages.delete(message.id);
  const content = target.fifo ? { ...message, deduplicationId: message.id } : message;
  enqueue(store, target, message.id, content, {
    sentAt: target.fifo ? store.clock.now() : message.sentAt,
    delaySeconds: undefined,
    deadLetterSource: queue.arn,
    receiveCount: message.receiveCount,
    firstReceivedAt: message.firstReceivedAt,
  });
  announceLater(store, target);
};

/**
 * Up to `max` messages, hidden for so many seconds. One that has been received as often as its queue allows goes to the
 * dead-letter queue instead, and its group goes on in the same receive.
 */
export const receive = (store: SqsStore, queue: Queue, max: number, visibilitySeconds: number): readonly Received[] => {
  const redrive = redriveTarget(store, queue);
  const received: Received[] = [];
  for (const message of receivable(queue, store.clock.now())) {
    if (received.length >= max) break;
    if (redrive !== undefined && message.receiveCount >= redrive.maxReceiveCount) bury(store, queue, message, redrive.target);
    else received.push(take(store, queue, message, visibilitySeconds));
  }
  return received;
};
