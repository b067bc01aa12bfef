import type { Basics, Queues } from '../ports.ts';
import type { MoveTask } from './move-task.ts';
import type { Queue } from './queue.ts';
import { createQueues } from './queues.ts';

/** SQS of one account and region. Every action but a long poll is one synchronous step, so all of them are serial. */
export interface SqsStore extends Basics {
  /** SQS as the other services of the cloud reach it. */
  readonly queues: Queues;
  readonly byName: Map<string, Queue>;
  /** When queues were deleted: their names are taken for another 60 seconds. */
  readonly deletedAt: Map<string, number>;
  /** By queue ARN; they outlive their queue. */
  readonly listeners: Map<string, Set<() => void>>;
  /** By task id, oldest first. */
  readonly moveTasks: Map<string, MoveTask>;
  /** How many sequence numbers have been given out. */
  readonly sequence: { count: number };
}

/** Offers the `Queues` port as its property `queues`. */
export const createSqsStore = ({ clock, random, place }: Basics): SqsStore => {
  const store: SqsStore = {
    clock,
    random,
    place,
    queues: createQueues(() => store),
    byName: new Map(),
    deletedAt: new Map(),
    listeners: new Map(),
    moveTasks: new Map(),
    sequence: { count: 0 },
  };
  return store;
};
