import type { Action } from '../../service.ts';
import { describeDeleted } from '../describe-table.ts';
import { validationError } from '../errors.ts';
import { tableOnly } from '../request-members.ts';
import { readInput } from '../shape.ts';
import { type DynamoDbStore, namedTable } from '../store.ts';

/** Answers DELETING, as AWS does; the table is gone from the next call on. */
export const deleteTable: Action<DynamoDbStore> = (store, input) => {
  const table = namedTable(store, readInput(tableOnly, input).TableName);
  if (table.settings.deletionProtected) {
    throw validationError(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    );
  }
  store.tables.delete(table.name);
  return { TableDescription: describeDeleted(table) };
};
