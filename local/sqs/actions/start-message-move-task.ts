import type { Action } from '../../service.ts';
import { invalidParameterValue } from '../errors.ts';
import { queueOfParameter } from '../move-requests.ts';
import { handleOfTask, startTask, tasksOf } from '../move-task.ts';
import type { Queue } from '../queue.ts';
import { sourcesOf } from '../redrive-policy.ts';
import { integer, optional, string, structure } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({
  SourceArn: string,
  DestinationArn: optional(string),
  MaxNumberOfMessagesPerSecond: optional(integer),
});

const checkRate = (perSecond: number | undefined): void => {
  if (perSecond === undefined || (perSecond >= 1 && perSecond <= 500)) return;
  const reason = "You must enter a number that's between 1 and 500.";
  throw invalidParameterValue(`Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: ${reason}`);
};

const checkDestination = (store: SqsStore, source: Queue, arn: string): void => {
  const { fifo } = queueOfParameter(store, 'DestinationArn', arn);
  if (arn === source.arn) throw invalidParameterValue('Source queue arn and destination queue arn cannot be the same.');
  if (fifo !== source.fifo) {
    throw invalidParameterValue('The source queue and destination queue must be of the same queue type.');
  }
};

/** Begins to move dead letters, back to where they came from or to one queue; the first goes at the clock's next turn. */
export const startMessageMoveTask: Action<SqsStore> = (store, input) => {
  const { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: perSecond } = request(input, '');
  const source = queueOfParameter(store, 'SourceArn', SourceArn);
  if (sourcesOf(store, source).length === 0) {
    throw invalidParameterValue('Source queue must be configured as a Dead Letter Queue.');
  }
  if (DestinationArn !== undefined) checkDestination(store, source, DestinationArn);
  checkRate(perSecond);
  if (tasksOf(store, SourceArn).some(({ status }) => status === 'RUNNING')) {
    throw invalidParameterValue(
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    );
  }
  return { TaskHandle: handleOfTask(startTask(store, source, DestinationArn, perSecond)) };
};
