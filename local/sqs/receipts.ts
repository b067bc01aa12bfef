import { invalidValue } from './errors.ts';
import { messageIdOf } from './identifiers.ts';
import type { Message } from './message.ts';
import { nextTurn, type Queue } from './queue.ts';
import type { SqsStore } from './store.ts';
import { announce, watch } from './wake-ups.ts';

/** "The 12-hour maximum" counts from the receive. */
const LONGEST_SECONDS = 43_200;

/**
 * The message that a handle was given for; `undefined` if it is gone. A standard queue takes any handle of it; a FIFO queue
 * only the newest, and only while the message is in flight.
 */
const messageOf = (store: SqsStore, queue: Queue, handle: string): Message | undefined => {
  const message = queue.messages.get(messageIdOf(queue.arn, handle));
  if (message === undefined || !queue.fifo) return message;
  const isCurrent = message.handle === handle && (message.hiddenUntil ?? 0) > store.clock.now();
  if (!isCurrent) throw invalidValue('ReceiptHandle', handle, 'The receipt handle has expired.');
  return message;
};

/** Deletes a message; one that is gone already is no error. */
export const removeMessage = (store: SqsStore, queue: Queue, handle: string): void => {
  const message = messageOf(store, queue, handle);
  if (message === undefined) return;
  queue.messages.delete(message.id);
  if (queue.fifo && queue.messages.size > 0) announce(store, queue);
};

/** Hides a message for so many seconds from now; 0 makes it receivable at once. */
export const changeVisibility = (store: SqsStore, queue: Queue, handle: string, seconds: number): void => {
  if (seconds < 0 || seconds > LONGEST_SECONDS) {
    throw invalidValue('VisibilityTimeout', seconds, `Must be between 0 and ${LONGEST_SECONDS}.`);
  }
  const message = messageOf(store, queue, handle);
  if (message === undefined) {
    const reason = 'Message does not exist or is not available for visibility timeout change.';
    throw invalidValue('ReceiptHandle', handle, reason);
  }
  const now = store.clock.now();
  if (now + seconds * 1000 > message.receivedAt + LONGEST_SECONDS * 1000) {
    const reason = `Total VisibilityTimeout for the message is beyond the limit [${LONGEST_SECONDS} seconds].`;
    throw invalidValue('VisibilityTimeout', seconds, reason);
  }
  message.hiddenUntil = now + seconds * 1000;
  message.turn = nextTurn(queue);
  if (seconds === 0) announce(store, queue);
  else watch(store, queue, message.id);
};
