import type { Action } from '../../service.ts';
import { queueAt } from '../lookup.ts';
import { list, string, structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueUrl: text, TagKeys: list(string) });

/** A key that is not there is no error. */
export const untagQueue: Action<SqsStore> = (store, input) => {
  const { QueueUrl, TagKeys } = request(input, '');
  const { tags } = queueAt(store, QueueUrl);
  for (const key of TagKeys) tags.delete(key);
  return undefined;
};
