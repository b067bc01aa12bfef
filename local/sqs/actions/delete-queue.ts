import type { Action } from '../../service.ts';
import { queueAt } from '../lookup.ts';
import { cancelTask, tasksOf } from '../move-task.ts';
import { structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';
import { fallSilent } from '../wake-ups.ts';

const request = structure({ QueueUrl: text });

/** Deletes a queue with its messages and timers; its name cannot be taken again for 60 seconds. */
export const deleteQueue: Action<SqsStore> = (store, input) => {
  const queue = queueAt(store, request(input, '').QueueUrl);
  store.byName.delete(queue.name);
  store.deletedAt.set(queue.name, store.clock.now());
  for (const task of tasksOf(store, queue.arn)) {
    if (task.status === 'RUNNING') cancelTask(task);
    store.moveTasks.delete(task.id);
  }
  fallSilent(queue);
  return undefined;
};
