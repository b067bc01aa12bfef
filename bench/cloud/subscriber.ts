import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { ACCOUNT, REGION } from '../../local/service.ts';
import type { CloudAccess } from './start.ts';
import { sendingFrom } from './verdict-policy.ts';

const QUEUE = 'bench';
const BUS = 'switchyard';

/** An outcome event, and when the subscriber had it in hands: milliseconds since the epoch. */
export interface Heard {
  readonly at: number;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Subscriber {
  /** The first event that is `wanted`, whether it has come already or comes yet. Rejects after `seconds`. */
  first(wanted: (event: Heard) => boolean, seconds: number): Promise<Heard>;
  readonly close: () => void;
}

/** Subscribes a queue to everything the pipeline publishes, as docs/events.md shows, and reads it by long polls, one at a time. */
export const subscribe = async (access: CloudAccess): Promise<Subscriber> => {
  const sqs = new SQSClient(access);
  const events = new EventBridgeClient(access);
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: QUEUE, Attributes: { Policy: sendingFrom(QUEUE, QUEUE) } }),
  );
  await events.send(new PutRuleCommand({ Name: QUEUE, EventBusName: BUS, EventPattern: JSON.stringify({ source: [BUS] }) }));
  const Arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${QUEUE}`;
  await events.send(new PutTargetsCommand({ Rule: QUEUE, EventBusName: BUS, Targets: [{ Id: 'queue', Arn }] }));
  const heard: Heard[] = [];
  const listeners = new Set<(event: Heard) => void>();
  const life = new AbortController();
  const read = async () => {
    while (!life.signal.aborted) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 }),
        { abortSignal: life.signal },
      );
      const at = Date.now();
      for (const { Body = '{}' } of Messages) {
        const { 'detail-type': type, detail } = JSON.parse(Body);
        const event: Heard = { at, type, detail };
        heard.push(event);
        for (const listener of listeners) listener(event);
      }
      if (Messages.length > 0) void sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entriesOf(Messages) }));
    }
  };
  read().catch((error: unknown) => {
    if (!life.signal.aborted) throw error;
  });
  return {
    first: (wanted, seconds) =>
      new Promise((resolve, reject) => {
        const known = heard.find(wanted);
        if (known !== undefined) return resolve(known);
        const end = (act: () => void) => {
          listeners.delete(listener);
          clearTimeout(timer);
          act();
        };
        const listener = (event: Heard) => (wanted(event) ? end(() => resolve(event)) : undefined);
        const timer = setTimeout(() => end(() => reject(new Error(`an event did not come within ${seconds} s`))), seconds * 1000);
        listeners.add(listener);
      }),
    close: () => life.abort(),
  };
};

const entriesOf = (messages: readonly Message[]) =>
  messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
