import type { Action } from '../../service.ts';
import { findTopic, onlyKnows, type SnsStore } from '../store.ts';

/** API reference, ListSubscriptionsByTopic; all in one page here. */
export const listSubscriptionsByTopic: Action<SnsStore> = (store, input) => {
  onlyKnows(input, ['TopicArn']);
  const { arn: TopicArn, subscriptions } = findTopic(store, input['TopicArn']);
  return {
    Subscriptions: [...subscriptions.values()].map(({ arn, address, confirmed }) => ({
      SubscriptionArn: confirmed ? arn : 'PendingConfirmation',
      Owner: store.place.account,
      Protocol: 'email',
      Endpoint: address,
      TopicArn,
    })),
  };
};
