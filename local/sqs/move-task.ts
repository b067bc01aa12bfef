import { randomUuid } from './identifiers.ts';
import { findQueue } from './lookup.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import { receivable } from './receivable.ts';
import { enqueue } from './sending.ts';
import type { SqsStore } from './store.ts';
import { announce } from './wake-ups.ts';

/** A redrive of dead letters. */
export interface MoveTask {
  readonly id: string;
  readonly sourceArn: string;
  /** `undefined`: each message goes back to the queue that it came from. */
  readonly destinationArn: string | undefined;
  readonly perSecond: number | undefined;
  readonly startedAt: number;
  readonly toMove: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  moved: number;
  failureReason: string | undefined;
  cancelTimer: () => void;
}

/** Whether it could be moved. A moved message is a new one, with a new id and nothing received yet. */
const moveOne = (store: SqsStore, task: MoveTask, source: Queue, message: Message): boolean => {
  const arn = task.destinationArn ?? message.deadLetterSource;
  const destination = arn === undefined ? undefined : findQueue(store, arn);
  if (destination === undefined) {
    task.status = 'FAILED';
    task.failureReason = arn === undefined ? 'CouldNotDetermineMessageSource' : 'AWS.SimpleQueueService.NonExistentQueue';
    return false;
  }
  source.messages.delete(message.id);
  const id = randomUuid(store.random);
  enqueue(store, destination, id, message, { sentAt: store.clock.now(), delaySeconds: undefined });
  task.moved += 1;
  announce(store, destination);
  return true;
};

/** Moves as many as are due: one at a limited rate, else all; sets the timer for the next. */
const proceed = (store: SqsStore, task: MoveTask): void => {
  const source = findQueue(store, task.sourceArn);
  const messages = source === undefined ? [] : receivable(source, store.clock.now());
  for (const message of task.perSecond === undefined ? messages : messages.slice(0, 1)) {
    if (source === undefined || !moveOne(store, task, source, message)) return;
  }
  if (task.perSecond === undefined || messages.length <= 1) task.status = 'COMPLETED';
  else schedule(store, task, 1000 / task.perSecond);
};

const schedule = (store: SqsStore, task: MoveTask, milliseconds: number): void => {
  task.cancelTimer = store.clock.after(milliseconds, () => proceed(store, task));
};

export const startTask = (
  store: SqsStore,
  source: Queue,
  destinationArn: string | undefined,
  perSecond: number | undefined,
): MoveTask => {
  const task: MoveTask = {
    id: randomUuid(store.random),
    sourceArn: source.arn,
    destinationArn,
    perSecond,
    startedAt: store.clock.now(),
    toMove: source.messages.size,
    status: 'RUNNING',
    moved: 0,
    failureReason: undefined,
    cancelTimer: () => undefined,
  };
  store.moveTasks.set(task.id, task);
  schedule(store, task, 0);
  return task;
};

export const cancelTask = (task: MoveTask): void => {
  task.cancelTimer();
  task.status = 'CANCELLED';
};

/** The newest first. */
export const tasksOf = (store: SqsStore, sourceArn: string): readonly MoveTask[] =>
  [...store.moveTasks.values()].filter((task) => task.sourceArn === sourceArn).reverse();

export const handleOfTask = ({ id, sourceArn }: MoveTask): string =>
  Buffer.from(JSON.stringify({ taskId: id, sourceArn })).toString('base64');
