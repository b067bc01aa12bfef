import type { Received } from './message.ts';
import { nextTurn, type Queue } from './queue.ts';
import type { SqsStore } from './store.ts';
import { watch } from './wake-ups.ts';

/** "You can use ReceiveRequestAttemptId only for 5 minutes after a ReceiveMessage action." */
const REMEMBERED_MILLISECONDS = 300_000;

/** `undefined`: one of its messages was deleted, became visible or had its visibility changed, so the attempt counts for nothing. */
const stillHeld = (store: SqsStore, queue: Queue, attemptId: string): readonly Received[] | undefined => {
  const now = store.clock.now();
  const attempt = queue.attempts.get(attemptId);
  if (attempt === undefined || attempt.until <= now) return undefined;
  const held: Received[] = [];
  for (const { id, handle, turn } of attempt.messages) {
    const message = queue.messages.get(id);
    const isUntouched = message?.handle === handle && message.turn === turn && (message.hiddenUntil ?? 0) > now;
    if (message === undefined || !isUntouched) return undefined;
    held.push({ message, handle, receiveCount: message.receiveCount, firstReceivedAt: message.firstReceivedAt ?? now });
  }
  return held;
};

const remember = (store: SqsStore, queue: Queue, attemptId: string, received: readonly Received[], until: number): void => {
  for (const [id, attempt] of queue.attempts) if (attempt.until <= store.clock.now()) queue.attempts.delete(id);
  const messages = received.map(({ message, handle }) => ({ id: message.id, handle, turn: message.turn }));
  queue.attempts.set(attemptId, { until, messages });
};

/**
 * A FIFO receive that its caller may repeat, not knowing whether it was answered: the repetition gives the same messages and
 * handles, and their visibility timeout begins again.
 */
export const receiveOnce = (
  store: SqsStore,
  queue: Queue,
  attemptId: string,
  visibilitySeconds: number,
  receive: () => readonly Received[],
): readonly Received[] => {
  const now = store.clock.now();
  const held = stillHeld(store, queue, attemptId);
  if (held === undefined) {
    const received = receive();
    if (received.length > 0) remember(store, queue, attemptId, received, now + REMEMBERED_MILLISECONDS);
    return received;
  }
  for (const { message } of held) {
    message.hiddenUntil = now + visibilitySeconds * 1000;
    message.turn = nextTurn(queue);
    watch(store, queue, message.id);
  }
  remember(store, queue, attemptId, held, queue.attempts.get(attemptId)?.until ?? now);
  return held;
};
