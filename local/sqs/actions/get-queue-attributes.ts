import type { Action } from '../../service.ts';
import { checkAttributeNames, describeAttributes } from '../attributes.ts';
import { queueAt } from '../lookup.ts';
import { list, optional, string, structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueUrl: text, AttributeNames: optional(list(string)) });

/** The attributes asked for, as far as the queue has them; nothing asked for is nothing answered. */
export const getQueueAttributes: Action<SqsStore> = (store, input) => {
  const { QueueUrl, AttributeNames: names = [] } = request(input, '');
  const queue = queueAt(store, QueueUrl);
  checkAttributeNames(names);
  const all = Object.entries(describeAttributes(queue, store.clock.now()));
  const chosen = names.includes('All') ? all : all.filter(([name]) => names.includes(name));
  return chosen.length === 0 ? {} : { Attributes: Object.fromEntries(chosen) };
};
