import type { Action } from '../../service.ts';
import { readInput, refused, string, structure } from '../shape.ts';
import type { DynamoDbStore } from '../store.ts';
import { taggedTable } from '../tagged-table.ts';

/** A table has at most 50 tags, which are one page: there is never a token to go on with. */
const request = structure({ ResourceArn: string({ min: 1, max: 1283 }), NextToken: refused });

export const listTagsOfResource: Action<DynamoDbStore> = (store, input, { caller }) => {
  const { tags } = taggedTable(store, readInput(request, input).ResourceArn, 'ListTagsOfResource', caller);
  return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
};
