import { expiresAt, type Queue, visibleAt } from './queue.ts';
import { receivable } from './receivable.ts';
import type { SqsStore } from './store.ts';

/** Long polls are served in the order in which they came. */
const serveWaiters = (queue: Queue): void => {
  for (const waiter of [...queue.waiters]) if (!waiter.tryAgain()) return;
};

/** Tells of possible messages at the clock's next turn, once however often it is asked before. */
export const announceLater = (store: SqsStore, queue: Queue): void => {
  if (queue.cancelAnnouncement !== undefined) return;
  queue.cancelAnnouncement = store.clock.after(0, () => {
    queue.cancelAnnouncement = undefined;
    serveWaiters(queue);
    for (const listener of [...(store.listeners.get(queue.arn) ?? [])]) listener();
  });
};

/** A message may have become receivable: long polls get it now, listeners hear of it at the clock's next turn. */
export const announce = (store: SqsStore, queue: Queue): void => {
  serveWaiters(queue);
  announceLater(store, queue);
};

const dropExpired = (queue: Queue, now: number): void => {
  for (const message of queue.messages.values()) if (expiresAt(queue, message) <= now) queue.messages.delete(message.id);
};

const ring = (store: SqsStore, queue: Queue): void => {
  lookAgain(store, queue);
  if (receivable(queue, store.clock.now()).length > 0) announce(store, queue);
};

/** Sees to it that the queue is looked at by `at`. */
const setAlarm = (store: SqsStore, queue: Queue, at: number): void => {
  if (queue.alarm !== undefined && queue.alarm.at <= at) return;
  queue.alarm?.cancel();
  const cancel = store.clock.after(at - store.clock.now(), () => {
    queue.alarm = undefined;
    ring(store, queue);
  });
  queue.alarm = { at, cancel };
};

const stopAlarm = (queue: Queue): void => {
  queue.alarm?.cancel();
  queue.alarm = undefined;
};

/** Drops what has expired and sets the alarm anew: for changes that concern all messages. */
export const lookAgain = (store: SqsStore, queue: Queue): void => {
  stopAlarm(queue);
  const now = store.clock.now();
  dropExpired(queue, now);
  let next = Number.POSITIVE_INFINITY;
  for (const message of queue.messages.values()) {
    const appears = visibleAt(queue, message);
    next = Math.min(next, expiresAt(queue, message), appears > now ? appears : Number.POSITIVE_INFINITY);
  }
  if (next < Number.POSITIVE_INFINITY) setAlarm(store, queue, next);
};

/** A machine's timer may be late: whoever uses the queue first finds it in order. */
export const catchUp = (store: SqsStore, queue: Queue): void => {
  if (queue.alarm === undefined || queue.alarm.at > store.clock.now()) return;
  stopAlarm(queue);
  ring(store, queue);
};

/** One message came or was hidden; there is no need to look at the others. */
export const watch = (store: SqsStore, queue: Queue, messageId: string): void => {
  const message = queue.messages.get(messageId);
  if (message === undefined) return;
  const appears = visibleAt(queue, message);
  setAlarm(store, queue, appears > store.clock.now() ? Math.min(appears, expiresAt(queue, message)) : expiresAt(queue, message));
};

/** Ends what waits for a deleted queue. */
export const fallSilent = (queue: Queue): void => {
  stopAlarm(queue);
  queue.cancelAnnouncement?.();
  queue.cancelAnnouncement = undefined;
  for (const waiter of [...queue.waiters]) waiter.abandon();
};
