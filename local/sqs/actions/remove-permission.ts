import type { Action } from '../../service.ts';
import { queueAt } from '../lookup.ts';
import { revoke } from '../permissions.ts';
import { structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueUrl: text, Label: text });

/** Takes a statement out of the queue's Policy attribute. */
export const removePermission: Action<SqsStore> = (store, input) => {
  const { QueueUrl, Label } = request(input, '');
  revoke(queueAt(store, QueueUrl), Label);
  return undefined;
};
