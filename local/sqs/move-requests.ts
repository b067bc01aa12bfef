import { invalidParameterValue, resourceNotFound } from './errors.ts';
import { findQueue } from './lookup.ts';
import type { Queue } from './queue.ts';
import type { SqsStore } from './store.ts';

/** The queue that SourceArn or DestinationArn names. */
export const queueOfParameter = (store: SqsStore, parameter: string, arn: string): Queue => {
  if (!/^arn(:[^:]+){5}$/.test(arn)) {
    const format = 'arn:<partition>:<service>:<region>:<account-id>:<resource-id>';
    throw invalidParameterValue(`You must use this format to specify the ${parameter}: ${format}`);
  }
  const queue = findQueue(store, arn);
  if (queue === undefined) {
    throw resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
  }
  return queue;
};
