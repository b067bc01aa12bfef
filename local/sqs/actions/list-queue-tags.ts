import type { Action } from '../../service.ts';
import { queueAt } from '../lookup.ts';
import { structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueUrl: text });

export const listQueueTags: Action<SqsStore> = (store, input) => {
  const { tags } = queueAt(store, request(input, '').QueueUrl);
  return tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) };
};
