import type { Action } from '../../service.ts';
import { checkEntries, runEntries } from '../batches.ts';
import { batchRequestTooLong, invalidParameterValue } from '../errors.ts';
import { senderIdOf } from '../identifiers.ts';
import { queueAt } from '../lookup.ts';
import { sizeOf } from '../message.ts';
import { contentOf, messageMembers, sentAnswer } from '../message-requests.ts';
import type { Queue } from '../queue.ts';
import { acceptMessage, isDeduplicated, missingDeduplicationId } from '../sending.ts';
import { list, optional, string, structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';
import { announce } from '../wake-ups.ts';

const entry = structure({ Id: optional(string), ...messageMembers });
const request = structure({ QueueUrl: text, Entries: list(entry) });

type Entry = ReturnType<typeof entry>;

/** All messages together, whatever the queue's own limit. */
const LIMIT = 1_048_576;

const bytesOf = ({ MessageBody, MessageAttributes }: Entry): number => sizeOf(MessageBody ?? '', MessageAttributes ?? {});

/** What a FIFO queue needs of every entry; one without fails the whole request, with another code than a single message. */
const checkFifo = (queue: Queue, entries: readonly Entry[]): void => {
  for (const { MessageGroupId, MessageDeduplicationId } of queue.fifo ? entries : []) {
    if (MessageGroupId === undefined) {
      throw invalidParameterValue('The request must contain the parameter MessageGroupId.');
    }
    if (MessageDeduplicationId === undefined && !isDeduplicated(queue)) throw missingDeduplicationId();
  }
};

/** Sends up to ten messages, in order; each has its own answer. */
export const sendMessageBatch: Action<SqsStore> = (store, input, { caller }) => {
  const { QueueUrl, Entries } = request(input, '');
  const queue = queueAt(store, QueueUrl);
  checkEntries(Entries, 'SendMessageBatchRequestEntry');
  checkFifo(queue, Entries);
  const bytes = Entries.reduce((sum, one) => sum + bytesOf(one), 0);
  if (bytes > LIMIT) throw batchRequestTooLong(LIMIT, bytes);
  const answer = runEntries(Entries, (one) => {
    const content = contentOf(one, senderIdOf(caller));
    return sentAnswer(content, acceptMessage(store, queue, content, one.DelaySeconds, 'cannot be validated'));
  });
  announce(store, queue);
  return answer;
};
