import type { Action } from '../../service.ts';
import { purgeQueueInProgress } from '../errors.ts';
import { queueAt } from '../lookup.ts';
import { structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';
import { lookAgain } from '../wake-ups.ts';

const request = structure({ QueueUrl: text });

const PURGE_MILLISECONDS = 60_000;

/** Deletes all messages at once, those in flight too, and forgets what later ones would be duplicates of. */
export const purgeQueue: Action<SqsStore> = (store, input) => {
  const queue = queueAt(store, request(input, '').QueueUrl);
  const now = store.clock.now();
  if (queue.purgedAt !== undefined && now < queue.purgedAt + PURGE_MILLISECONDS) throw purgeQueueInProgress(queue.name);
  queue.purgedAt = now;
  queue.messages.clear();
  queue.accepted.clear();
  queue.attempts.clear();
  lookAgain(store, queue);
  return undefined;
};
