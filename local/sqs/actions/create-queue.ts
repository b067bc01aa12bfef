import type { Action } from '../../service.ts';
import { applyAttributes, defaultAttributes, settledAttributes } from '../attributes.ts';
import { invalidParameterValue, queueDeletedRecently, queueNameExists, unknownAttribute } from '../errors.ts';
import { arnOf, findQueue, urlOf } from '../lookup.ts';
import { newQueue, type Queue } from '../queue.ts';
import { map, optional, string, structure } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueName: optional(string), Attributes: optional(map(string)), tags: optional(map(string)) });

const NAME_TAKEN_MILLISECONDS = 60_000;

const checkName = (name: string, fifo: boolean): void => {
  if (/^[A-Za-z0-9_-]{1,80}$/.test(name) && !fifo) return;
  if (/^[A-Za-z0-9_-]{1,75}\.fifo$/.test(name) && fifo) return;
  throw invalidParameterValue(
    fifo
      ? 'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.'
      : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  );
};

/** Whether the queue is to be FIFO: the only way to say no is to say nothing. */
const fifoOf = (given: Readonly<Record<string, string>>): boolean => {
  const { FifoQueue } = given;
  if (FifoQueue !== undefined && FifoQueue.toLowerCase() !== 'true') throw unknownAttribute('FifoQueue');
  return FifoQueue !== undefined;
};

/** Asking again for a queue that is there is no error, unless it names an attribute that differs. */
const checkSame = (queue: Queue, given: ReadonlyMap<string, string>): void => {
  for (const [name, value] of given) if ((queue.attributes.get(name) ?? '') !== value) throw queueNameExists(name);
};

const checkNotJustDeleted = (store: SqsStore, name: string): void => {
  const deletedAt = store.deletedAt.get(name);
  if (deletedAt !== undefined && store.clock.now() < deletedAt + NAME_TAKEN_MILLISECONDS) throw queueDeletedRecently();
  store.deletedAt.delete(name);
};

/** Creates a queue, or finds it if it is there with these attributes. */
export const createQueue: Action<SqsStore> = (store, input, context) => {
  const { QueueName: name = '', Attributes: given = {}, tags = {} } = request(input, '');
  if (name === '') {
    throw invalidParameterValue('Value for parameter QueueName is invalid. Reason: Must specify a queue name.');
  }
  const fifo = fifoOf(given);
  checkName(name, fifo);
  const arn = arnOf(store, name);
  const existing = findQueue(store, arn);
  const attributes = defaultAttributes(fifo);
  const changes = settledAttributes(store, given, { arn, fifo }, existing?.attributes ?? attributes);
  if (existing !== undefined) checkSame(existing, changes);
  else {
    checkNotJustDeleted(store, name);
    applyAttributes(attributes, changes);
    const queue = newQueue({ name, arn, fifo, createdAt: store.clock.now() }, attributes);
    for (const [key, value] of Object.entries(tags)) queue.tags.set(key, value);
    store.byName.set(name, queue);
  }
  return { QueueUrl: urlOf(store, name, context) };
};
