import { setTimeout as pause } from 'node:timers/promises';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { everyNotify, type NotifyKind } from '../../shared/catalogue/notify.ts';
import type { Access } from '../examples.ts';
import type { Mail } from '../sns/store.ts';
import { gitHubHere } from './github-here.ts';
import { mailHere } from './mail-here.ts';
import { slackHere } from './slack-here.ts';
import type { Making, ToldHere } from './told-here.ts';
import { webhooksHere } from './webhooks-here.ts';

/** What stands for those that the catalogue tells, on this machine. */
export interface Notified extends ToldHere {
  /** Where SNS's e-mail arrives. */
  readonly post: (mail: Mail) => void;
  /** What a request says of where it comes from, if that leads anywhere here. */
  readonly asked: Readonly<Record<'ref' | 'pullRequest', string>> | undefined;
  /** Until everything is told that happened so far, or for half a minute. Answers whether it is. */
  readonly settled: (access: Access) => Promise<boolean>;
}

const SHOWN = ['slack', 'github', 'email', 'webhooks'] as const satisfies readonly NotifyKind[];

const SETTLE_MILLISECONDS = 30_000;

export const notifiedBy = async (making: Making): Promise<Notified> => {
  const { catalogue, clock } = making;
  const mail = mailHere(making);
  const all = [await slackHere(making), await gitHubHere(making), await webhooksHere(making), mail];
  const used = SHOWN.filter((kind) => everyNotify(catalogue, kind).length > 0);
  return {
    environment: Object.assign({}, ...all.map(({ environment }) => environment)),
    post: mail.post,
    asked: used.includes('github') ? { ref: 'main', pullRequest: '1' } : undefined,
    async prepare(access) {
      for (const { prepare } of all) await prepare(access);
    },
    async settled(access) {
      const sqs = new SQSClient(access);
      const until = clock.now() + SETTLE_MILLISECONDS;
      while (clock.now() < until) {
        const left = await Promise.all(used.map((kind) => messagesIn(sqs, `switchyard-notify-${kind}`)));
        if (left.every((count) => count === 0)) return true;
        await pause(200);
      }
      return false;
    },
  };
};

const messagesIn = async (sqs: SQSClient, QueueName: string): Promise<number> => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible, ApproximateNumberOfMessagesDelayed } = Attributes;
  return [ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible, ApproximateNumberOfMessagesDelayed]
    .map((count) => Number(count ?? 0))
    .reduce((sum, count) => sum + count, 0);
};
