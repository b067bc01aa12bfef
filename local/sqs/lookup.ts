import { arnAt } from '../place.ts';
import type { Basics } from '../ports.ts';
import type { CallContext } from '../service.ts';
import { queueDoesNotExist } from './errors.ts';
import type { Queue } from './queue.ts';
import type { SqsStore } from './store.ts';
import { catchUp } from './wake-ups.ts';

type Here = Pick<Basics, 'place'>;

export const arnOf = ({ place }: Here, name: string): string => arnAt(place, 'sqs', name);

export const urlOf = ({ place }: Here, name: string, { endpoint }: CallContext): string => `${endpoint}/${place.account}/${name}`;

/** `undefined`: there is no such queue. */
export const findQueue = (store: SqsStore, arn: string): Queue | undefined => {
  const prefix = arnOf(store, '');
  const queue = arn.startsWith(prefix) ? store.byName.get(arn.slice(prefix.length)) : undefined;
  if (queue !== undefined) catchUp(store, queue);
  return queue;
};

export const queueNamed = (store: SqsStore, name: string): Queue => {
  const queue = findQueue(store, arnOf(store, name));
  if (queue === undefined) throw queueDoesNotExist();
  return queue;
};

/** By the last two segments of its URL, whatever the host; the name alone does as well, as on AWS. */
export const queueAt = (store: SqsStore, url: string): Queue => {
  const [name = '', account = store.place.account] = url.split('/').reverse();
  if (account !== store.place.account) throw queueDoesNotExist();
  return queueNamed(store, name);
};
