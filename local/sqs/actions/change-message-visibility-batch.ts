import type { Action } from '../../service.ts';
import { checkEntries, runEntries } from '../batches.ts';
import { queueAt } from '../lookup.ts';
import { changeVisibility } from '../receipts.ts';
import { integer, list, optional, string, structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const entry = structure({ Id: optional(string), ReceiptHandle: optional(string), VisibilityTimeout: optional(integer) });
const request = structure({ QueueUrl: text, Entries: list(entry) });

/** Changes up to ten messages' visibility; each has its own answer. */
export const changeMessageVisibilityBatch: Action<SqsStore> = (store, input) => {
  const { QueueUrl, Entries } = request(input, '');
  const queue = queueAt(store, QueueUrl);
  checkEntries(Entries, 'ChangeMessageVisibilityBatchRequestEntry');
  return runEntries(Entries, ({ ReceiptHandle, VisibilityTimeout }) => {
    const handle = text(ReceiptHandle, 'ReceiptHandle');
    changeVisibility(store, queue, handle, integer(VisibilityTimeout, 'VisibilityTimeout'));
    return {};
  });
};
