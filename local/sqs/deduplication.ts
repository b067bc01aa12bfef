import type { Accepted, Queue } from './queue.ts';

/** "The 5-minute deduplication interval": not lengthened by duplicates, not ended by receiving or deleting the message. */
export const DEDUPLICATION_MILLISECONDS = 300_000;

/** "When you change a queue's attributes, the change can take up to 60 seconds" (SetQueueAttributes); recorded of this one. */
const SCOPE_CHANGE_MILLISECONDS = 60_000;

const scopeOf = (queue: Queue, now: number): string =>
  queue.earlierScope !== undefined && now < queue.earlierScope.until
    ? queue.earlierScope.scope
    : (queue.attributes.get('DeduplicationScope') ?? 'queue');

/** To be called before the attribute changes. */
export const keepScopeAWhile = (queue: Queue, now: number): void => {
  queue.earlierScope = { scope: scopeOf(queue, now), until: now + SCOPE_CHANGE_MILLISECONDS };
};

const keyInQueue = (id: string): string => `queue ${id}`;
const keyInGroup = (groupId: string, id: string): string => `group ${JSON.stringify([groupId, id])}`;

/** The earlier message that one with this id would repeat. */
export const findDuplicate = (queue: Queue, groupId: string, id: string, now: number): Accepted | undefined => {
  const key = scopeOf(queue, now) === 'messageGroup' ? keyInGroup(groupId, id) : keyInQueue(id);
  const earlier = queue.accepted.get(key);
  return earlier !== undefined && now < earlier.until ? earlier : undefined;
};

/** Under both keys, since the scope may change. */
export const rememberAccepted = (queue: Queue, groupId: string, id: string, accepted: Accepted, now: number): void => {
  for (const [key, { until }] of queue.accepted) {
    if (until > now) break;
    queue.accepted.delete(key);
  }
  for (const key of [keyInQueue(id), keyInGroup(groupId, id)]) {
    queue.accepted.delete(key);
    queue.accepted.set(key, accepted);
  }
};
