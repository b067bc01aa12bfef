import { arn, type Here, type Input, type NeedsOf, need, textOf } from './need.ts';

const onTopic = (action: string) => (input: Input) => [need(`sns:${action}`, textOf(input, 'TopicArn') || '*')];

/** `arn:…:topic:id`: the permission is the topic's. */
const ofSubscription = (input: Input): string => textOf(input, 'SubscriptionArn').split(':').slice(0, 6).join(':');

/** Service Authorization Reference, "Amazon SNS". */
export const snsNeeds: NeedsOf = {
  ConfirmSubscription: onTopic('ConfirmSubscription'),
  CreateTopic: (input: Input, here: Here) => [need('sns:CreateTopic', arn(here, 'sns', textOf(input, 'Name') || '*'))],
  DeleteTopic: onTopic('DeleteTopic'),
  ListSubscriptionsByTopic: onTopic('ListSubscriptionsByTopic'),
  ListTopics: () => [need('sns:ListTopics', '*')],
  Publish: onTopic('Publish'),
  Subscribe: onTopic('Subscribe'),
  Unsubscribe: (input: Input) => [need('sns:Unsubscribe', ofSubscription(input) || '*')],
};
