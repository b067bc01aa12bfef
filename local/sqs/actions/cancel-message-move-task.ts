import type { Action } from '../../service.ts';
import { invalidParameterValue, resourceNotFound } from '../errors.ts';
import { queueOfParameter } from '../move-requests.ts';
import { cancelTask } from '../move-task.ts';
import { parseMap } from '../redrive-policy.ts';
import { string, structure } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ TaskHandle: string });

/** What has been moved stays moved. */
export const cancelMessageMoveTask: Action<SqsStore> = (store, input) => {
  const { TaskHandle } = request(input, '');
  const { taskId, sourceArn } = parseMap(Buffer.from(TaskHandle, 'base64').toString('utf8')) ?? {};
  if (typeof taskId !== 'string' || typeof sourceArn !== 'string') {
    throw invalidParameterValue('Value for parameter TaskHandle is invalid.');
  }
  queueOfParameter(store, 'SourceArn', sourceArn);
  const task = store.moveTasks.get(taskId);
  if (task === undefined || task.sourceArn !== sourceArn) throw resourceNotFound('Task does not exist.');
  if (task.status !== 'RUNNING') throw invalidParameterValue('Only active tasks can be cancelled.');
  cancelTask(task);
  return { ApproximateNumberOfMessagesMoved: task.moved };
};
