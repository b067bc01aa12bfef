import type { Action } from '../../service.ts';
import { backedUpTable, describeBackups } from '../describe-backups.ts';
import { tableName } from '../request-members.ts';
import { boolean, integer, optional, readInput, structure } from '../shape.ts';
import type { DynamoDbStore } from '../store.ts';

/** As AWS answers when none is given. */
const DEFAULT_DAYS = 35;

const request = structure({
  TableName: tableName,
  PointInTimeRecoverySpecification: structure({
    PointInTimeRecoveryEnabled: boolean,
    RecoveryPeriodInDays: optional(integer({ min: 1, max: DEFAULT_DAYS })),
  }),
});

/** Turns point-in-time recovery on or off. */
export const updateContinuousBackups: Action<DynamoDbStore> = (store, input) => {
  const { TableName, PointInTimeRecoverySpecification: wanted } = readInput(request, input);
  const table = backedUpTable(store, TableName);
  const before = table.pointInTimeRecovery;
  const days = wanted.RecoveryPeriodInDays ?? before?.recoveryPeriodInDays ?? DEFAULT_DAYS;
  table.pointInTimeRecovery = wanted.PointInTimeRecoveryEnabled
    ? { recoveryPeriodInDays: days, since: before?.since ?? store.clock.now() }
    : undefined;
  return describeBackups(store, table);
};
