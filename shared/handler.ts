import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import sqsPartialBatchFailure from '@middy/sqs-partial-batch-failure';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { inGroups } from './batch.ts';
import { FinalError, LaterError } from './errors.ts';
import { createLog, describeError, type Log } from './log.ts';
import type { Runtime } from './runtime.ts';
import { masked } from './secrets.ts';

/** What a function does with one message of its queue. `timeLeft` is in milliseconds. */
export type HandleRecord = (record: SQSRecord, invocation: Invocation) => Promise<void>;

export interface Invocation {
  readonly id: string;
  readonly timeLeft: () => number;
  readonly log: Log;
}

export interface OwnQueue {
  readonly sqs: SQSClient;
  readonly url: string;
  readonly deadLetterUrl: string;
  /** The dead-letter queue of a FIFO queue is FIFO. */
  readonly fifo: boolean;
  /** After the last receive that its group can bear: takes the message out of the group's way. Answers whether it could. */
  readonly putOff?: (record: SQSRecord, log: Log) => Promise<boolean>;
}

/**
 * A message that failed comes back after this many seconds, by how often it was received; then it goes to the dead-letter queue, which
 * the queues' redrive policies say. A message of a FIFO queue holds its group, so it is given up, or put off, within a minute.
 */
const COMES_BACK_AFTER = { fifo: [1, 5, 15, 30], standard: [1, 5, 15, 30, 60, 120, 300, 600, 900] } as const;

/** The one Middy stack of every function that reads a queue. */
export const queueHandler = (runtime: Runtime, queue: OwnQueue, handle: HandleRecord) => {
  const base = createLog(runtime.write, runtime.now);
  const handleBatch = (event: SQSEvent, context: Context) =>
    inGroups(event.Records, (record) => handleOne(queue, handle, record, invocationOf(base, context)));
  return middy<SQSEvent, unknown, Error, Context>(handleBatch).use(
    sqsPartialBatchFailure({ logger: () => undefined }),
  ) as unknown as (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
};

/** The Middy stack of a function that a schedule calls. */
export const scheduledHandler = (runtime: Runtime, handle: (invocation: Invocation) => Promise<void>) => {
  const base = createLog(runtime.write, runtime.now);
  return middy<unknown, void, Error, Context>(async (_event: unknown, context: Context) =>
    handle(invocationOf(base, context)),
  ).onError(({ error }) => base.error('the sweep failed; the next one tries again', describeError(error)));
};

const invocationOf = (log: Log, context: Context): Invocation => ({
  id: context.awsRequestId,
  timeLeft: () => context.getRemainingTimeInMillis(),
  log: log.with({ function: context.functionName, invocation: context.awsRequestId }),
});

const handleOne = async (queue: OwnQueue, handle: HandleRecord, record: SQSRecord, invocation: Invocation): Promise<void> => {
  const log = invocation.log.with({ messageId: record.messageId });
  try {
    await attempt(queue, record, () => handle(record, { ...invocation, log }), log);
  } catch (error) {
    const receives = Number(record.attributes.ApproximateReceiveCount);
    const isLate = error instanceof LaterError;
    log[isLate ? 'info' : 'warn'](isLate ? 'a message comes back later' : 'a message failed and comes back', {
      receives,
      ...describeError(error),
    });
    if (receives > COMES_BACK_AFTER.fifo.length && (await queue.putOff?.(record, log)) === true) return;
    const seconds = isLate ? error.seconds : COMES_BACK_AFTER[queue.fifo ? 'fifo' : 'standard'][receives - 1];
    await comesBack(queue, record, seconds ?? 0);
    throw error;
  }
};

const attempt = async (queue: OwnQueue, record: SQSRecord, handle: () => Promise<void>, log: Log): Promise<void> => {
  try {
    await handle();
  } catch (error) {
    if (!(error instanceof FinalError)) throw error;
    log.error('a message can never work and goes to the dead-letter queue', { code: error.code, ...describeError(error) });
    await putAside(queue, record, error);
  }
};

/** SQS takes only these characters, in attributes too (API reference, SendMessage): the others would keep the message from its place. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that SQS refuses
const UNTAKEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** Cut at whole characters: half of one would be refused. */
const attributeText = (text: string): string => [...masked(text)].slice(0, 1024).join('').replace(UNTAKEN, '\ufffd');

/** Sends the message to the dead-letter queue with its reason, so that its group goes on at once. */
const putAside = async (queue: OwnQueue, record: SQSRecord, error: FinalError): Promise<void> => {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  await queue.sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.deadLetterUrl,
      MessageBody: record.body,
      MessageAttributes: { code: text(error.code), reason: text(attributeText(error.message)) },
      ...(queue.fifo
        ? { MessageGroupId: record.attributes.MessageGroupId ?? 'unknown', MessageDeduplicationId: record.messageId }
        : {}),
    }),
  );
};

/** SQS's longest (API reference, ChangeMessageVisibility): twelve hours. */
const LONGEST_SECONDS = 43_200;

/** Says when the next attempt is; where that fails, the queue's own visibility timeout does. */
const comesBack = async (queue: OwnQueue, record: SQSRecord, seconds: number): Promise<void> => {
  await queue.sqs
    .send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queue.url,
        ReceiptHandle: record.receiptHandle,
        VisibilityTimeout: Math.min(Math.ceil(seconds), LONGEST_SECONDS),
      }),
    )
    .catch(() => undefined);
};
