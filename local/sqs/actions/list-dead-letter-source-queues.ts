import type { Action } from '../../service.ts';
import { queueAt, urlOf } from '../lookup.ts';
import { withMember } from '../message-requests.ts';
import { pageOf } from '../pages.ts';
import { sourcesOf } from '../redrive-policy.ts';
import { integer, optional, string, structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueUrl: text, MaxResults: optional(integer), NextToken: optional(string) });

/** The queues whose RedrivePolicy names this one. */
export const listDeadLetterSourceQueues: Action<SqsStore> = (store, input, context) => {
  const { QueueUrl, MaxResults, NextToken } = request(input, '');
  const all = sourcesOf(store, queueAt(store, QueueUrl)).map(({ name }) => name);
  const { names, nextToken } = pageOf(all, MaxResults, NextToken);
  return { queueUrls: names.map((name) => urlOf(store, name, context)), ...withMember('NextToken', nextToken) };
};
