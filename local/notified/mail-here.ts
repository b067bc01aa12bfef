import { ConfirmSubscriptionCommand, CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { everyNotify } from '../../shared/catalogue/notify.ts';
import type { Mail } from '../sns/store.ts';
import { lineOf, type Making, type ToldHere } from './told-here.ts';

const READER = 'team@example.com';

/** SNS's topics of the catalogue, each with a subscriber that has confirmed, and where its mail arrives. */
export const mailHere = ({
  catalogue,
  say,
}: Pick<Making, 'catalogue' | 'say'>): ToldHere & { readonly post: (mail: Mail) => void } => {
  const topics = [...new Set(everyNotify(catalogue, 'email').map(({ topic }) => topic.split(':').at(-1) ?? topic))];
  const confirmations: string[] = [];
  return {
    environment: {},
    post({ to, subject, text }) {
      const [token] = /\b[0-9a-f]{32}\b/.exec(text) ?? [];
      if (/confirm/i.test(subject) && token !== undefined) confirmations.push(token);
      else say(`          mail    ${to}  ${lineOf(subject)}`);
    },
    async prepare(access) {
      const sns = new SNSClient(access);
      for (const Name of topics) {
        const { TopicArn } = await sns.send(new CreateTopicCommand({ Name }));
        await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: READER }));
        for (const Token of confirmations.splice(0)) await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
      }
    },
  };
};
