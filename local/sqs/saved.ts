import type { Message } from './message.ts';
import { newQueue, type Queue } from './queue.ts';
import type { SqsStore } from './store.ts';
import { announceLater, lookAgain } from './wake-ups.ts';

type SavedQueue = Pick<
  Queue,
  | 'name'
  | 'arn'
  | 'fifo'
  | 'createdAt'
  | 'modifiedAt'
  | 'attributes'
  | 'tags'
  | 'messages'
  | 'accepted'
  | 'earlierScope'
  | 'purgedAt'
  | 'turns'
>;

/** What is kept of SQS: queues, messages, what they may be duplicates of. Message moves under way are not. */
export interface SavedSqs {
  readonly sequence: number;
  readonly queues: readonly SavedQueue[];
}

export const saveSqs = ({ byName, sequence }: SqsStore): SavedSqs => ({
  sequence: sequence.count,
  queues: [...byName.values()].map(
    ({ name, arn, fifo, createdAt, modifiedAt, attributes, tags, messages, accepted, earlierScope, purgedAt, turns }) => ({
      name,
      arn,
      fifo,
      createdAt,
      modifiedAt,
      attributes,
      tags,
      messages,
      accepted,
      earlierScope,
      purgedAt,
      turns,
    }),
  ),
});

/**
 * Brings messages back into the queues that are there, and with them the queues that are not. What a function had in hand
 * (`isPolled`) is visible again: the function has ended with the process.
 */
export const loadSqs = (store: SqsStore, { sequence, queues }: SavedSqs, isPolled: (arn: string) => boolean): void => {
  store.sequence.count = Math.max(store.sequence.count, sequence);
  for (const saved of queues) {
    const queue = store.byName.get(saved.name) ?? newQueue(saved, saved.attributes);
    store.byName.set(saved.name, queue);
    for (const [key, value] of saved.tags) queue.tags.set(key, value);
    for (const [id, accepted] of saved.accepted) queue.accepted.set(id, accepted);
    for (const message of saved.messages.values()) queue.messages.set(message.id, returned(store, message, isPolled(saved.arn)));
    queue.turns = saved.turns;
    queue.purgedAt = saved.purgedAt;
    lookAgain(store, queue);
    announceLater(store, queue);
  }
};

const returned = ({ clock }: SqsStore, message: Message, polled: boolean): Message => ({
  ...message,
  hiddenUntil: polled && message.hiddenUntil !== undefined ? Math.min(message.hiddenUntil, clock.now()) : message.hiddenUntil,
});
