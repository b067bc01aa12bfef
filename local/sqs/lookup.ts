import { ACCOUNT, type CallContext, REGION } from '../service.ts';
import { queueDoesNotExist } from './errors.ts';
import type { Queue } from './queue.ts';
import type { SqsStore } from './store.ts';
import { catchUp } from './wake-ups.ts';

const ARN_PREFIX = `arn:aws:sqs:${REGION}:${ACCOUNT}:`;

export const arnOf = (name: string): string => ARN_PREFIX + name;

export const urlOf = (name: string, { endpoint }: CallContext): string => `${endpoint}/${ACCOUNT}/${name}`;

/** `undefined`: there is no such queue. */
export const findQueue = (store: SqsStore, arn: string): Queue | undefined => {
  const queue = arn.startsWith(ARN_PREFIX) ? store.byName.get(arn.slice(ARN_PREFIX.length)) : undefined;
  if (queue !== undefined) catchUp(store, queue);
  return queue;
};

export const queueNamed = (store: SqsStore, name: string): Queue => {
  const queue = findQueue(store, arnOf(name));
  if (queue === undefined) throw queueDoesNotExist();
  return queue;
};

/** By the last two segments of its URL, whatever the host; the name alone does as well, as on AWS. */
export const queueAt = (store: SqsStore, url: string): Queue => {
  const [name = '', account = ACCOUNT] = url.split('/').reverse();
  if (account !== ACCOUNT) throw queueDoesNotExist();
  return queueNamed(store, name);
};
