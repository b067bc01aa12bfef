import type { Action } from '../../service.ts';
import { invalidParameterValue } from '../errors.ts';
import { withMember } from '../message-requests.ts';
import { queueOfParameter } from '../move-requests.ts';
import { handleOfTask, type MoveTask, tasksOf } from '../move-task.ts';
import { integer, optional, string, structure } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ SourceArn: string, MaxResults: optional(integer) });

/** Only a running task can be cancelled, so only it has a handle. */
const toAnswer = (task: MoveTask) => ({
  ...withMember('TaskHandle', task.status === 'RUNNING' ? handleOfTask(task) : undefined),
  Status: task.status,
  SourceArn: task.sourceArn,
  ...withMember('DestinationArn', task.destinationArn),
  ...withMember('MaxNumberOfMessagesPerSecond', task.perSecond),
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  ...withMember('FailureReason', task.failureReason),
  StartedTimestamp: task.startedAt,
});

/** The newest tasks first; one, unless more are asked for. */
export const listMessageMoveTasks: Action<SqsStore> = (store, input) => {
  const { SourceArn, MaxResults: max = 1 } = request(input, '');
  queueOfParameter(store, 'SourceArn', SourceArn);
  if (max < 1 || max > 10) {
    const reason = "You must enter a number that's between 1 and 10.";
    throw invalidParameterValue(`Value for parameter MaxResults is invalid. Reason: ${reason}`);
  }
  return { Results: tasksOf(store, SourceArn).slice(0, max).map(toAnswer) };
};
