import type { Action } from '../../service.ts';
import { applyAttributes, settledAttributes } from '../attributes.ts';
import { keepScopeAWhile } from '../deduplication.ts';
import { missingParameter } from '../errors.ts';
import { queueAt } from '../lookup.ts';
import { map, optional, string, structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';
import { announce, lookAgain } from '../wake-ups.ts';

const request = structure({ QueueUrl: text, Attributes: optional(map(string)) });

/** All changes or none. They take effect at once, but for DeduplicationScope, which takes AWS's 60 seconds. */
export const setQueueAttributes: Action<SqsStore> = (store, input) => {
  const { QueueUrl, Attributes: given = {} } = request(input, '');
  const queue = queueAt(store, QueueUrl);
  if (Object.keys(given).length === 0) throw missingParameter('Attribute.Name');
  const changes = settledAttributes(store, given, queue, queue.attributes);
  const now = store.clock.now();
  const scope = queue.attributes.get('DeduplicationScope');
  if ((changes.get('DeduplicationScope') ?? scope) !== scope) keepScopeAWhile(queue, now);
  applyAttributes(queue.attributes, changes);
  queue.modifiedAt = now;
  // Retention, and the delay of a FIFO queue, concern the messages that are there already.
  lookAgain(store, queue);
  announce(store, queue);
  return undefined;
};
