import type { Action } from '../../service.ts';
import { tableOnly } from '../request-members.ts';
import { readInput } from '../shape.ts';
import { type DynamoDbStore, namedTable } from '../store.ts';

export const describeTimeToLive: Action<DynamoDbStore> = (store, input) => {
  const { expiryAttribute } = namedTable(store, readInput(tableOnly, input).TableName);
  if (expiryAttribute === undefined) return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
  return { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: expiryAttribute } };
};
