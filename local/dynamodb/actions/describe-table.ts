import type { Action } from '../../service.ts';
import { describeTable as describe } from '../describe-table.ts';
import { tableOnly } from '../request-members.ts';
import { readInput } from '../shape.ts';
import { type DynamoDbStore, namedTable } from '../store.ts';

export const describeTable: Action<DynamoDbStore> = (store, input) => ({
  Table: describe(namedTable(store, readInput(tableOnly, input).TableName), 'ACTIVE'),
});
