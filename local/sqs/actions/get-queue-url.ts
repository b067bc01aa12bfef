import type { Action } from '../../service.ts';
import { invalidParameterValue, queueDoesNotExist } from '../errors.ts';
import { queueNamed, urlOf } from '../lookup.ts';
import { optional, string, structure } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueName: optional(string), QueueOwnerAWSAccountId: optional(string) });

/** Another account's queues do not exist here. */
export const getQueueUrl: Action<SqsStore> = (store, input, context) => {
  const { QueueName: name = '', QueueOwnerAWSAccountId: owner = store.place.account } = request(input, '');
  if (name === '') {
    throw invalidParameterValue('Value for parameter QueueName is invalid. Reason: Must specify a queue name.');
  }
  if (owner !== store.place.account) throw queueDoesNotExist();
  return { QueueUrl: urlOf(store, queueNamed(store, name).name, context) };
};
