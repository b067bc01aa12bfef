import type { Action } from '../../service.ts';
import { validationError } from '../errors.ts';
import { list, readInput, string, structure } from '../shape.ts';
import type { DynamoDbStore } from '../store.ts';
import { tag } from '../table-members.ts';
import { taggedTable } from '../tagged-table.ts';

const request = structure({ ResourceArn: string({ min: 1, max: 1283 }), Tags: list(tag) });

/** Adds tags to a table; one whose key is there takes the new value. */
export const tagResource: Action<DynamoDbStore> = (store, input, { caller }) => {
  const { ResourceArn, Tags } = readInput(request, input);
  if (Tags.length === 0) throw validationError('Atleast one Tag needs to be provided as Input.');
  const { tags } = taggedTable(store, ResourceArn, 'TagResource', caller);
  for (const { Key, Value } of Tags) tags.set(Key, Value);
  return undefined;
};
