import { ConfirmSubscriptionCommand, CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { startPipeline } from './pipeline.ts';
import { catalogueWith } from './with-notify.ts';

const SERVICE = 'adit-service-preprod';
const QUEUE = 'http://cloud.test/123456789012/switchyard-notify-email';

const start = async () => startPipeline({ services: [SERVICE], catalogue: catalogueWith('{ email: { topic: deployments } }') });

const subscribed = async (pipeline: Awaited<ReturnType<typeof start>>) => {
  const sns = new SNSClient(pipeline.access);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'deployments' }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'team@example.com' }));
  const Token = /\b[0-9a-f]{32}\b/.exec(pipeline.mails.at(-1)?.text ?? '')?.[0];
  await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
  pipeline.mails.length = 0;
};

describe('e-mail (S5.7)', () => {
  it('tells each verdict once, in words, however often it comes', async () => {
    const pipeline = await start();
    await subscribed(pipeline);
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.deploy('preprod', 'preprod:crashing', SERVICE, { actor: 'ann' });
    await pipeline.verdict(900);
    const again = pipeline.told.flatMap(({ type, detail }) => [1, 2].map(() => ({ 'detail-type': type, detail })));
    for (const event of again)
      await pipeline.sqs.send(new SendMessageCommand({ QueueUrl: QUEUE, MessageBody: JSON.stringify(event) }));
    await pipeline.pass(60);
    expect(pipeline.mails.map(({ to, subject }) => [to, subject])).toEqual([
      ['team@example.com', `${SERVICE} in preprod: deployed and verified`],
      ['team@example.com', `${SERVICE} in preprod: failed, and rolled back`],
    ]);
    const [first, second] = pipeline.mails;
    expect(first?.text).toContain(`to go back: switchyard rollback --environment preprod --service ${SERVICE}`);
    for (const part of ['asked by: ann', 'image: preprod:crashing', 'reason code: ']) expect(second?.text).toContain(part);
  });

  it('to a topic that is not there is reported, and the pipeline goes on', async () => {
    const pipeline = await start();
    await pipeline.earnFirst('preprod', SERVICE);
    await pipeline.pass(10);
    const { Messages = [] } = await pipeline.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: `${QUEUE}-dlq`, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    expect(Messages.map(({ MessageAttributes }) => MessageAttributes?.['code']?.StringValue)).toEqual(['email-refused']);
  });
});
