import type { Action } from '../../service.ts';
import { validationError } from '../errors.ts';
import { attributeName, tableName } from '../request-members.ts';
import { boolean, readInput, structure } from '../shape.ts';
import { type DynamoDbStore, namedTable } from '../store.ts';
import { setExpiryAttribute } from '../time-to-live.ts';

const request = structure({
  TableName: tableName,
  TimeToLiveSpecification: structure({ AttributeName: attributeName, Enabled: boolean }),
});

/** Turns the deletion of expired items on or off, at once. */
export const updateTimeToLive: Action<DynamoDbStore> = (store, input) => {
  const { TableName, TimeToLiveSpecification: wanted } = readInput(request, input);
  const table = namedTable(store, TableName);
  const current = table.expiryAttribute;
  if (!wanted.Enabled && current === undefined) throw validationError('TimeToLive is already disabled');
  if (current !== undefined && current !== wanted.AttributeName) {
    throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
  }
  if (wanted.Enabled && current !== undefined) throw validationError('TimeToLive is already enabled');
  setExpiryAttribute(table, wanted.Enabled ? wanted.AttributeName : undefined);
  return { TimeToLiveSpecification: wanted };
};
