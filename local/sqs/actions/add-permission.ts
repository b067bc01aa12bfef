import type { Action } from '../../service.ts';
import { missingParameter } from '../errors.ts';
import { queueAt } from '../lookup.ts';
import { grant } from '../permissions.ts';
import { list, string, structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';

const request = structure({ QueueUrl: text, Label: text, AWSAccountIds: list(string), Actions: list(string) });

/** Adds a statement to the queue's Policy attribute. */
export const addPermission: Action<SqsStore> = (store, input) => {
  const { QueueUrl, Label, AWSAccountIds, Actions } = request(input, '');
  if (AWSAccountIds.length === 0) throw missingParameter('AWSAccountId');
  if (Actions.length === 0) throw missingParameter('ActionName');
  grant(queueAt(store, QueueUrl), Label, AWSAccountIds, Actions);
  return undefined;
};
