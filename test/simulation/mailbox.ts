import { ConfirmSubscriptionCommand, CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import type { Mail, Post } from '../../local/sns/store.ts';
import type { NotifyWord } from '../../shared/catalogue/catalogue.ts';
import { desk } from './desk.ts';

const TOPIC = 'deployments';

export const MAILED: NotifyWord = { notify: { email: { topic: TOPIC } } };

/** Somebody who has a mailbox, and has confirmed that the topic's mail may come there. */
export const simulatedMailbox = () => {
  const mails: Mail[] = [];
  const post: Post = (mail) => void mails.push(mail);
  return {
    post,
    async subscribe(): Promise<void> {
      const { sns } = desk.clients;
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: TOPIC }));
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' }));
      const Token = /\b[0-9a-f]{32}\b/.exec(mails.at(-1)?.text ?? '')?.[0];
      await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
      mails.length = 0;
    },
    mails: (): readonly Mail[] => mails,
  };
};
