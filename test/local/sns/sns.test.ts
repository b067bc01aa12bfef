import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../local/clock.ts';
import { createCloud } from '../../../local/cloud.ts';
import { type Intercept, serverError, throttle } from '../../../local/faults.ts';
import { virtualNetwork } from '../../../local/network/virtual-network.ts';
import { randomFrom } from '../../../local/random.ts';
import { createRequestHandler } from '../../../local/request-handler.ts';
import type { Mail } from '../../../local/sns/store.ts';

const start = async (call?: Intercept) => {
  const clock = manualClock(Date.parse('2026-03-01T12:00:00Z'));
  const mails: Mail[] = [];
  const cloud = await createCloud({
    clock,
    random: randomFrom(1),
    network: virtualNetwork(clock),
    load: () => Promise.reject(new Error('there are no functions')),
    log: () => undefined,
    post: (mail) => void mails.push(mail),
    ...(call === undefined ? {} : { faults: { call } }),
  });
  const sns = new SNSClient({
    region: 'eu-west-1',
    endpoint: 'http://cloud.test',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
    requestHandler: createRequestHandler((request) => cloud.handle(request)),
    maxAttempts: 1,
  });
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'deployments' }));
  const subscribe = (Endpoint: string, Protocol = 'email') => sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));
  /** As a person does, with what the mail says. */
  const confirm = (to: string) => {
    const text = mails.findLast((mail) => mail.to === to)?.text ?? '';
    const Token = /\b[0-9a-f]{32}\b/.exec(text)?.[0];
    return sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
  };
  const publish = (more: object = {}) => sns.send(new PublishCommand({ TopicArn, Message: 'hello', ...more }));
  return { sns, mails, TopicArn, subscribe, confirm, publish };
};

describe('SNS', () => {
  it.each([
    ['asks for patience', throttle, { name: 'ThrottledException', $metadata: { httpStatusCode: 429 } }],
    ['is in trouble', serverError, { name: 'InternalFailure', $metadata: { httpStatusCode: 500 } }],
  ])('%s in words that its clients read', async (_, refuse, error) => {
    const { publish } = await start(async (call, next) => (call.action === 'Publish' ? refuse(call) : next()));
    await expect(publish()).rejects.toMatchObject(error);
  });

  it('mails whoever has confirmed, and nobody else', async () => {
    const { sns, mails, TopicArn, subscribe, confirm, publish } = await start();
    expect(TopicArn).toBe('arn:aws:sns:eu-west-1:123456789012:deployments');
    expect((await subscribe('ann@example.com')).SubscriptionArn).toBe('pending confirmation');
    await subscribe('bob@example.com');
    expect(mails.map(({ to }) => to)).toEqual(['ann@example.com', 'bob@example.com']);
    const { SubscriptionArn = '' } = await confirm('ann@example.com');
    await publish({ Subject: 'api in prod: failed' });
    expect(mails.slice(2)).toMatchObject([{ to: 'ann@example.com', subject: 'api in prod: failed' }]);
    expect(mails[2]?.text).toMatch(/^hello\n/);
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions).toMatchObject([
      { Endpoint: 'ann@example.com', SubscriptionArn, Protocol: 'email' },
      { Endpoint: 'bob@example.com', SubscriptionArn: 'PendingConfirmation' },
    ]);
    await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    await publish();
    expect(mails).toHaveLength(3);
  });

  it('makes a topic once, lists it and deletes it', async () => {
    const { sns, TopicArn, publish } = await start();
    expect((await sns.send(new CreateTopicCommand({ Name: 'deployments' }))).TopicArn).toBe(TopicArn);
    expect((await sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }]);
    await sns.send(new DeleteTopicCommand({ TopicArn }));
    await expect(publish()).rejects.toMatchObject({ name: 'NotFoundException', message: 'Topic does not exist' });
  });

  /** API reference, Publish and Subscribe: what a subject, a message, an address may be. */
  it.each([
    ['a subject of 101 characters', { Subject: 'a'.repeat(101) }],
    ['a subject in two lines', { Subject: 'a\nb' }],
    ['a subject beyond ASCII', { Subject: 'schön' }],
    ['a subject that begins with a space', { Subject: ' a' }],
    ['an empty message', { Message: '' }],
    ['a message of more than 256 KiB', { Message: 'ä'.repeat(131_073) }],
    ['what is not done here', { MessageStructure: 'json' }],
  ])('refuses %s', async (_, more) => {
    const { publish } = await start();
    await expect(publish(more)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('takes a subject of 100, and refuses other protocols, addresses, names and tokens', async () => {
    const { sns, TopicArn, subscribe, publish } = await start();
    await publish({ Subject: 'a'.repeat(100) });
    await expect(subscribe('https://example.com', 'https')).rejects.toThrow('Does not support this protocol string');
    await expect(subscribe('nobody')).rejects.toThrow('Email address');
    await expect(sns.send(new CreateTopicCommand({ Name: 'a b' }))).rejects.toThrow('Topic Name');
    await expect(sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: 'x' }))).rejects.toThrow('Token');
  });
});
