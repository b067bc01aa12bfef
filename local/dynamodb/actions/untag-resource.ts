import type { Action } from '../../service.ts';
import { validationError } from '../errors.ts';
import { list, readInput, string, structure } from '../shape.ts';
import type { DynamoDbStore } from '../store.ts';
import { taggedTable } from '../tagged-table.ts';

const request = structure({ ResourceArn: string({ min: 1, max: 1283 }), TagKeys: list(string({ min: 1, max: 128 })) });

/** Takes tags from a table; keys that are not there are no error. */
export const untagResource: Action<DynamoDbStore> = (store, input, { caller }) => {
  const { ResourceArn, TagKeys } = readInput(request, input);
  if (TagKeys.length === 0) throw validationError('Atleast one Tag Key needs to be provided as Input.');
  const { tags } = taggedTable(store, ResourceArn, 'UntagResource', caller);
  for (const key of TagKeys) tags.delete(key);
  return undefined;
};
