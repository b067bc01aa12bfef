import type { Action } from '../../service.ts';
import { findTopic, invalidParameter, newId, onlyKnows, type SnsStore } from '../store.ts';

/**
 * API reference, Subscribe. E-mail alone here: a mail asks the address to confirm, and until then nothing else is sent there. Subscribing
 * an address again asks again.
 */
export const subscribe: Action<SnsStore> = (store, input) => {
  onlyKnows(input, ['TopicArn', 'Protocol', 'Endpoint', 'ReturnSubscriptionArn']);
  const topic = findTopic(store, input['TopicArn']);
  const address = String(input['Endpoint'] ?? '');
  if (input['Protocol'] !== 'email')
    throw invalidParameter(`Does not support this protocol string: ${String(input['Protocol'])}`);
  if (!/^[^\s@]+@[^\s@]+$/.test(address)) throw invalidParameter('Email address');
  const known = [...topic.subscriptions.values()].find((one) => one.address === address);
  const id = newId(store);
  const subscription = known ?? { arn: `${topic.arn}:${id}`, address, token: newId(store).replaceAll('-', ''), confirmed: false };
  topic.subscriptions.set(subscription.arn, subscription);
  const { arn, token, confirmed } = subscription;
  if (!confirmed)
    store.post({
      to: address,
      subject: 'AWS Notification - Subscription Confirmation',
      text: `You have chosen to subscribe to the topic:\n${topic.arn}\n\nTo confirm this subscription, confirm it with this token:\n${token}\n`,
    });
  return { SubscriptionArn: confirmed || String(input['ReturnSubscriptionArn']) === 'true' ? arn : 'pending confirmation' };
};
