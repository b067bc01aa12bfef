import type { Action } from '../../service.ts';
import { invalidParameterValue } from '../errors.ts';
import { queueAt } from '../lookup.ts';
import { map, string, structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueUrl: text, Tags: map(string) });

const MOST_TAGS = 50;

/** Adds tags; one whose key is there takes the new value. */
export const tagQueue: Action<SqsStore> = (store, input) => {
  const { QueueUrl, Tags } = request(input, '');
  const { tags } = queueAt(store, QueueUrl);
  if (new Set([...tags.keys(), ...Object.keys(Tags)]).size > MOST_TAGS) {
    throw invalidParameterValue(`Too many tags added for queue. Maximum number of tags allowed is ${MOST_TAGS}.`);
  }
  for (const [key, value] of Object.entries(Tags)) tags.set(key, value);
  return undefined;
};
