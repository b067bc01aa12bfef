import type { Action } from '../../service.ts';
import { findTopic, invalidParameter, onlyKnows, type SnsStore } from '../store.ts';

/** API reference, ConfirmSubscription: with the token of the mail. */
export const confirmSubscription: Action<SnsStore> = (store, input) => {
  onlyKnows(input, ['TopicArn', 'Token']);
  const { subscriptions } = findTopic(store, input['TopicArn']);
  const found = [...subscriptions.values()].find(({ token }) => token === input['Token']);
  if (found === undefined) throw invalidParameter('Token');
  subscriptions.set(found.arn, { ...found, confirmed: true });
  return { SubscriptionArn: found.arn };
};
