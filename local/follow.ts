import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Access } from './examples.ts';
import { ACCOUNT, REGION } from './service.ts';
import type { ShownEvent } from './show.ts';

const QUEUE = 'switchyard-console';

/**
 * Follows the outcome events as any subscriber does: by a rule and a queue of its own. Repeats are dropped by their event id.
 * `ready`: the subscription is made.
 */
export const followEvents = (access: Access, bus: string): AsyncIterable<ShownEvent> & { readonly ready: Promise<void> } => {
  const sqs = new SQSClient(access);
  const url = subscribe(access, sqs, bus);
  return { ready: url.then(() => undefined), [Symbol.asyncIterator]: () => poll(sqs, url) };
};

const subscribe = async (access: Access, sqs: SQSClient, bus: string): Promise<string> => {
  const events = new EventBridgeClient(access);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: QUEUE, Attributes: { Policy: policy(bus) } }));
  await events.send(new PutRuleCommand({ Name: QUEUE, EventBusName: bus, EventPattern: JSON.stringify({ source: [bus] }) }));
  const Arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${QUEUE}`;
  await events.send(new PutTargetsCommand({ Rule: QUEUE, EventBusName: bus, Targets: [{ Id: 'queue', Arn }] }));
  return QueueUrl;
};

/** Only the rule may send here. */
const policy = (bus: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: `arn:aws:sqs:${REGION}:${ACCOUNT}:${QUEUE}`,
        Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:events:${REGION}:${ACCOUNT}:rule/${bus}/${QUEUE}` } },
      },
    ],
  });

async function* poll(sqs: SQSClient, url: Promise<string>): AsyncGenerator<ShownEvent> {
  const QueueUrl = await url;
  const seen = new Set<unknown>();
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 }),
    );
    for (const event of inOrder(Messages)) {
      if (seen.has(event.detail['eventId'])) continue;
      seen.add(event.detail['eventId']);
      yield event;
    }
    if (Messages.length > 0) {
      await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl,
          Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
    }
  }
}

/** A standard queue keeps no order: what came together is put in order by time, and by the sequence within a deployment. */
const inOrder = (messages: readonly Message[]): readonly ShownEvent[] =>
  messages
    .map(({ Body = '{}' }): ShownEvent => JSON.parse(Body))
    .toSorted((a, b) => {
      const [first, second] = [String(a.detail['at']), String(b.detail['at'])];
      if (first !== second) return first < second ? -1 : 1;
      return Number(a.detail['sequence']) - Number(b.detail['sequence']);
    });
