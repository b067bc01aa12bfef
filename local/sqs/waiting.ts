import { queueDoesNotExist } from './errors.ts';
import type { Received } from './message.ts';
import type { Queue, Waiter } from './queue.ts';
import type { SqsStore } from './store.ts';

/**
 * A long poll: what `receive` gives as soon as that is something, or nothing after so many seconds. It is not tracked by the
 * clock, so a manual clock moves on while one waits. Rejects with QueueDoesNotExist when the queue is deleted meanwhile.
 */
export const waitForMessages = (
  store: SqsStore,
  queue: Queue,
  seconds: number,
  receive: () => readonly Received[],
): Promise<readonly Received[]> =>
  new Promise((resolve, reject) => {
    const leave = (): void => {
      cancelTimer();
      queue.waiters.delete(waiter);
    };
    const cancelTimer = store.clock.after(seconds * 1000, () => {
      leave();
      resolve(receive());
    });
    const waiter: Waiter = {
      tryAgain() {
        const received = receive();
        if (received.length === 0) return false;
        leave();
        resolve(received);
        return true;
      },
      abandon() {
        leave();
        reject(queueDoesNotExist());
      },
    };
    queue.waiters.add(waiter);
  });
