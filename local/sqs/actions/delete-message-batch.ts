import type { Action } from '../../service.ts';
import { checkEntries, runEntries } from '../batches.ts';
import { queueAt } from '../lookup.ts';
import { removeMessage } from '../receipts.ts';
import { list, optional, string, structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const entry = structure({ Id: optional(string), ReceiptHandle: optional(string) });
const request = structure({ QueueUrl: text, Entries: list(entry) });

/** Deletes up to ten messages; each has its own answer. */
export const deleteMessageBatch: Action<SqsStore> = (store, input) => {
  const { QueueUrl, Entries } = request(input, '');
  const queue = queueAt(store, QueueUrl);
  checkEntries(Entries, 'DeleteMessageBatchRequestEntry');
  return runEntries(Entries, ({ ReceiptHandle }) => {
    removeMessage(store, queue, text(ReceiptHandle, 'ReceiptHandle'));
    return {};
  });
};
