import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import type { Connection } from './connection.ts';
import { CliError, doing } from './errors.ts';
import { ifThere, QUEUES, type QueueName, queueUrl } from './queues.ts';

/** A dead letter in hand: nobody else sees it until it is let go of, or its time is over. */
export interface DeadLetter {
  readonly id: string;
  readonly handle: string;
  readonly body: string;
  readonly group: string | undefined;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly receives: number;
  /** Why it is here, where the pipeline has said so: `unreadable-message: …`. */
  readonly reason: string | undefined;
  /** ARN of where a rule was to deliver it. */
  readonly target: string | undefined;
}

export interface Held {
  readonly letters: readonly DeadLetter[];
  /** Shows them to others again. */
  readonly letGo: (letters: readonly DeadLetter[]) => Promise<void>;
  readonly remove: (letter: DeadLetter) => Promise<void>;
}

/** Longer than any of this takes. */
const HELD_SECONDS = 120;

/** Takes every dead letter of a queue into hand. */
export const holdAll = async (connection: Connection, name: QueueName): Promise<Held> => {
  const { dead } = QUEUES[name];
  return doing(`read the dead letters of ${name} (${connection.name}-${dead})`, async () => {
    const { ChangeMessageVisibilityCommand, DeleteMessageCommand } = await import('@aws-sdk/client-sqs');
    const client = await connection.sqs();
    const QueueUrl = await ifThere(name, queueUrl(connection, dead));
    if (QueueUrl === undefined)
      throw new CliError('error', `${connection.place} has no queue "${name}": its catalogue does without what that does`);
    return {
      letters: await receiveAll(client, QueueUrl),
      async letGo(letters) {
        for (const { handle } of letters)
          await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: handle, VisibilityTimeout: 0 }));
      },
      async remove({ handle }) {
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle }));
      },
    };
  });
};

const receiveAll = async (client: SQSClient, QueueUrl: string): Promise<readonly DeadLetter[]> => {
  const { ReceiveMessageCommand } = await import('@aws-sdk/client-sqs');
  const found = new Map<string, DeadLetter>();
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HELD_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return [...found.values()].toSorted((a, b) => a.sentAt - b.sentAt);
    for (const message of Messages) found.set(message.MessageId ?? '', letterOf(message));
  }
};

const letterOf = ({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  Attributes = {},
  MessageAttributes = {},
}: Message): DeadLetter => {
  const attribute = (name: string): string | undefined => MessageAttributes[name]?.StringValue;
  const code = attribute('code') ?? attribute('ERROR_CODE');
  return {
    id: MessageId,
    handle: ReceiptHandle,
    body: Body,
    group: Attributes.MessageGroupId,
    sentAt: Number(Attributes.SentTimestamp ?? 0),
    receives: Number(Attributes.ApproximateReceiveCount ?? 0),
    target: attribute('TARGET_ARN'),
    reason: code === undefined ? undefined : `${code}: ${attribute('reason') ?? attribute('ERROR_MESSAGE') ?? ''}`,
  };
};

/** Those that are meant: one by its id (or the beginning of it), or all. */
export const chosen = (
  letters: readonly DeadLetter[],
  id: string | undefined,
  all: boolean,
  name: QueueName,
): readonly DeadLetter[] => {
  if (all) return letters;
  if (id === undefined)
    throw new CliError('usage', 'name a message by its id (switchyard redrive list shows them), or give --all');
  const found = letters.filter((letter) => letter.id.startsWith(id));
  if (found.length === 1) return found;
  throw new CliError(
    'error',
    found.length === 0
      ? `there is no dead letter ${id} in ${name}; it has ${letters.length === 0 ? 'none' : letters.map((letter) => letter.id).join(', ')}`
      : `${id} is the beginning of ${found.length} dead letters of ${name}: ${found.map((letter) => letter.id).join(', ')}`,
  );
};

/** Where it came from, or where a rule was to deliver it; without a word about that, the inbox. Throws where nothing takes it. */
export const wayBack = ({ name: installation }: Connection, name: QueueName, { id, target }: DeadLetter): string => {
  const { queue } = QUEUES[name];
  if (queue !== undefined) return queue;
  if (target === undefined) return QUEUES.inbox.queue;
  const found = Object.values(QUEUES).find((known) => target.endsWith(`:${installation}-${known.queue}`));
  if (found?.queue !== undefined) return found.queue;
  throw new CliError('error', `cannot send ${id} back: it was to go to ${target}, which is no queue of ${installation}; drop it`);
};

/** Puts a dead letter into a queue, in its group, as a message that was not there before. */
export const sendBack = async (connection: Connection, suffix: string, letter: DeadLetter): Promise<void> => {
  await doing(`send ${letter.id} back to ${connection.name}-${suffix}`, async () => {
    const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
    const client = await connection.sqs();
    const QueueUrl = await queueUrl(connection, suffix);
    const fifo = suffix.endsWith('.fifo')
      ? { MessageGroupId: letter.group ?? 'unknown', MessageDeduplicationId: `redriven-${letter.id}-${letter.receives}` }
      : {};
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: letter.body, ...fifo }));
  });
};
