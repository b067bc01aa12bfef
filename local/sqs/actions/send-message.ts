import type { Action } from '../../service.ts';
import { missingParameter } from '../errors.ts';
import { senderIdOf } from '../identifiers.ts';
import { queueAt } from '../lookup.ts';
import { contentOf, messageMembers, sentAnswer } from '../message-requests.ts';
import { acceptMessage } from '../sending.ts';
import { structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';
import { announce } from '../wake-ups.ts';

const request = structure({ QueueUrl: text, ...messageMembers });

/** Sends one message. A FIFO duplicate is answered like the message that it repeats, and is not delivered. */
export const sendMessage: Action<SqsStore> = (store, input, { caller }) => {
  const read = request(input, '');
  if (read.MessageBody === undefined || read.MessageBody === '') throw missingParameter('MessageBody');
  const queue = queueAt(store, read.QueueUrl);
  const content = contentOf(read, senderIdOf(caller));
  const sent = acceptMessage(store, queue, content, read.DelaySeconds);
  announce(store, queue);
  return sentAnswer(content, sent);
};
