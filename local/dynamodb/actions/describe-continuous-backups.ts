import type { Action } from '../../service.ts';
import { backedUpTable, describeBackups } from '../describe-backups.ts';
import { tableOnly } from '../request-members.ts';
import { readInput } from '../shape.ts';
import type { DynamoDbStore } from '../store.ts';

export const describeContinuousBackups: Action<DynamoDbStore> = (store, input) =>
  describeBackups(store, backedUpTable(store, readInput(tableOnly, input).TableName));
