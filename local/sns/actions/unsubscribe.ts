import type { Action } from '../../service.ts';
import { invalidParameter, type SnsStore } from '../store.ts';

/** API reference, Unsubscribe: of one that is not there, no error. */
export const unsubscribe: Action<SnsStore> = ({ topics }, input) => {
  const arn = String(input['SubscriptionArn'] ?? '');
  if (arn.split(':').length !== 7) throw invalidParameter('SubscriptionArn');
  topics.get(arn.slice(0, arn.lastIndexOf(':')))?.subscriptions.delete(arn);
  return {};
};
