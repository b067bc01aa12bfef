import { AwsError } from '../errors.ts';
import { seconds } from './describe-table.ts';
import { type DynamoDbStore, findTable } from './store.ts';
import type { Table } from './table.ts';

/** Actions on backups have their own word for a missing table. */
export const backedUpTable = (store: DynamoDbStore, name: string): Table => {
  const table = findTable(store, name);
  if (table === undefined) throw new AwsError('TableNotFoundException', `Table not found: ${name}`);
  return table;
};

/**
 * The setting as AWS describes it. There is no action here that restores a table, so nothing is kept to restore from; a stack
 * that turns recovery on is deployed all the same.
 */
export const describeBackups = (store: DynamoDbStore, { pointInTimeRecovery }: Table) => {
  const recovery =
    pointInTimeRecovery === undefined
      ? { PointInTimeRecoveryStatus: 'DISABLED' }
      : {
          PointInTimeRecoveryStatus: 'ENABLED',
          RecoveryPeriodInDays: pointInTimeRecovery.recoveryPeriodInDays,
          EarliestRestorableDateTime: seconds(pointInTimeRecovery.since),
          LatestRestorableDateTime: seconds(store.clock.now()),
        };
  return { ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription: recovery } };
};
