import { createHash } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Wake } from './deployment/decision.ts';
import type { QueueName } from './deployment/types.ts';
import type { Envelope } from './events/envelope.ts';

/** One service that an event concerns. */
export interface Place {
  readonly environment: string;
  readonly service: string;
  readonly lane: string;
}

/** What a function's queue holds: an event that the router understood, or word that somebody must look. */
export type Message =
  | { readonly wake: Wake; readonly token: string }
  | {
      readonly event: Envelope;
      readonly places: readonly [Place, ...Place[]];
      readonly function: QueueName;
      /** The promotion of the catalogue that it concerns; the place is its destination then, with the rule's name as service. */
      readonly promotion?: string;
      /** How often it was put off, and once more; absent: the first. */
      readonly attempt?: number;
      /** How often it was put off because it failed; absent: never. */
      readonly putOff?: number;
    };

/** SQS takes up to 128 characters for ids: a hash of whatever tells two messages apart. */
export const deduplicationId = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** At most 15 minutes: SQS's longest delay. */
const LONGEST_DELAY_SECONDS = 900;

/** Sends word to the inbox, from where the router takes it to its function. `token` tells apart what must not be swallowed as a repeat. */
export const sendWake = async (sqs: SQSClient, inboxUrl: string, wake: Wake, token: string): Promise<void> => {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: inboxUrl,
      MessageBody: JSON.stringify({ wake, token } satisfies Message),
      DelaySeconds: Math.min(wake.delaySeconds, LONGEST_DELAY_SECONDS),
    }),
  );
};

/** Sends a message on to its function, in the group of its environment. */
export const sendOn = async (
  sqs: SQSClient,
  queueUrl: string,
  message: Message,
  environment: string,
  id: string,
): Promise<void> => {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(message),
      MessageGroupId: environment,
      MessageDeduplicationId: id,
    }),
  );
};

/** Puts an event off: it comes through the inbox again, and holds nobody up meanwhile. */
export const sendAgain = async (sqs: SQSClient, inboxUrl: string, message: Message, delaySeconds: number): Promise<void> => {
  await sqs.send(
    new SendMessageCommand({ QueueUrl: inboxUrl, MessageBody: JSON.stringify(message), DelaySeconds: delaySeconds }),
  );
};
