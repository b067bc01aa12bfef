import type { Action } from '../../service.ts';
import { urlOf } from '../lookup.ts';
import { withMember } from '../message-requests.ts';
import { pageOf } from '../pages.ts';
import { integer, optional, string, structure } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueNamePrefix: optional(string), MaxResults: optional(integer), NextToken: optional(string) });

/** The queues by name; none of them is no member at all. */
export const listQueues: Action<SqsStore> = (store, input, context) => {
  const { QueueNamePrefix: prefix = '', MaxResults, NextToken } = request(input, '');
  const all = [...store.byName.keys()].filter((name) => name.startsWith(prefix));
  const { names, nextToken } = pageOf(all, MaxResults, NextToken);
  const urls = names.map((name) => urlOf(store, name, context));
  return { ...withMember('QueueUrls', urls.length === 0 ? undefined : urls), ...withMember('NextToken', nextToken) };
};
