import type { Action } from '../../service.ts';
import { withMember } from '../capacity.ts';
import { newTableName } from '../request-members.ts';
import { integer, optional, readInput, structure } from '../shape.ts';
import type { DynamoDbStore } from '../store.ts';

const PAGE = 100;
const request = structure({ ExclusiveStartTableName: optional(newTableName), Limit: optional(integer({ min: 1, max: PAGE })) });

/** Names in the order of their bytes, a hundred at a time. */
export const listTables: Action<DynamoDbStore> = (store, input) => {
  const { ExclusiveStartTableName: start, Limit: limit = PAGE } = readInput(request, input);
  const names = [...store.tables.keys()].sort().filter((name) => start === undefined || name > start);
  const page = names.slice(0, limit);
  return { TableNames: page, ...withMember('LastEvaluatedTableName', names.length > page.length ? page.at(-1) : undefined) };
};
