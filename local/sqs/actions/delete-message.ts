import type { Action } from '../../service.ts';
import { queueAt } from '../lookup.ts';
import { removeMessage } from '../receipts.ts';
import { structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueUrl: text, ReceiptHandle: text });

export const deleteMessage: Action<SqsStore> = (store, input) => {
  const { QueueUrl, ReceiptHandle } = request(input, '');
  removeMessage(store, queueAt(store, QueueUrl), ReceiptHandle);
  return undefined;
};
