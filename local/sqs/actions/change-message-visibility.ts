import type { Action } from '../../service.ts';
import { queueAt } from '../lookup.ts';
import { changeVisibility } from '../receipts.ts';
import { integer, structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueUrl: text, ReceiptHandle: text, VisibilityTimeout: integer });

/** Hides a message for so many seconds from now; a later receive starts from the queue's timeout again. */
export const changeMessageVisibility: Action<SqsStore> = (store, input) => {
  const { QueueUrl, ReceiptHandle, VisibilityTimeout } = request(input, '');
  changeVisibility(store, queueAt(store, QueueUrl), ReceiptHandle, VisibilityTimeout);
  return undefined;
};
