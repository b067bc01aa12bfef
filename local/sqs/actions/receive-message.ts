import type { Action } from '../../service.ts';
import { receiveOnce } from '../attempts.ts';
import { md5, md5OfAttributes } from '../digests.ts';
import { invalidValue, notForThisQueueType } from '../errors.ts';
import { queueAt } from '../lookup.ts';
import type { MessageAttributes, Received } from '../message.ts';
import { withMember } from '../message-requests.ts';
import { numberOf, type Queue } from '../queue.ts';
import { receive } from '../receiving.ts';
import { checkId } from '../sending.ts';
import { integer, list, optional, string, structure, text } from '../shape.ts';
import type { SqsStore } from '../store.ts';
import { checkSystemAttributeNames, chosenSystemAttributes } from '../system-attributes.ts';
import { waitForMessages } from '../waiting.ts';

const request = structure({
  QueueUrl: text,
  AttributeNames: optional(list(string)),
  MessageSystemAttributeNames: optional(list(string)),
  MessageAttributeNames: optional(list(string)),
  MaxNumberOfMessages: optional(integer),
  VisibilityTimeout: optional(integer),
  WaitTimeSeconds: optional(integer),
  ReceiveRequestAttemptId: optional(string),
});

type Request = ReturnType<typeof request>;

const checkRange = (parameter: string, value: number | undefined, min: number, max: number, reason: string): void => {
  if (value !== undefined && (value < min || value > max)) throw invalidValue(parameter, value, reason);
};

const checkRequest = (queue: Queue, read: Request): void => {
  checkRange('MaxNumberOfMessages', read.MaxNumberOfMessages, 1, 10, 'Must be between 1 and 10, if provided.');
  checkRange('WaitTimeSeconds', read.WaitTimeSeconds, 0, 20, 'Must be >= 0 and <= 20, if provided.');
  checkRange('VisibilityTimeout', read.VisibilityTimeout, 0, 43_200, 'Must be >= 0 and <= 43200, if provided.');
  checkSystemAttributeNames([...(read.AttributeNames ?? []), ...(read.MessageSystemAttributeNames ?? [])]);
  const attemptId = read.ReceiveRequestAttemptId;
  if (attemptId !== undefined && !queue.fifo) throw notForThisQueueType('ReceiveRequestAttemptId', attemptId);
  checkId('ReceiveRequestAttemptId', attemptId);
};

/** `All` and `.*` are all; `Hel.*` is what begins with `Hel`; a name that no attribute has is no error. */
const chosenAttributes = (attributes: MessageAttributes, names: readonly string[]): MessageAttributes => {
  const isChosen = (attribute: string, name: string): boolean =>
    name === 'All' || name === '*' || (name.endsWith('.*') ? attribute.startsWith(name.slice(0, -2)) : attribute === name);
  return Object.fromEntries(Object.entries(attributes).filter(([attribute]) => names.some((name) => isChosen(attribute, name))));
};

const toAnswer = (read: Request, received: Received) => {
  const { message, handle } = received;
  const attributes = chosenAttributes(message.attributes, read.MessageAttributeNames ?? []);
  const digest = md5OfAttributes(attributes);
  // Where both are given, the JSON protocol goes by the newer one: recorded.
  const systemNames = read.MessageSystemAttributeNames ?? read.AttributeNames ?? [];
  return {
    MessageId: message.id,
    ReceiptHandle: handle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...withMember('Attributes', chosenSystemAttributes(received, systemNames)),
    ...withMember('MD5OfMessageAttributes', digest),
    ...withMember('MessageAttributes', digest === undefined ? undefined : attributes),
  };
};

/** Receives up to ten messages; with a wait, it answers as soon as there is one. Without any, there is no `Messages`. */
export const receiveMessage: Action<SqsStore> = async (store, input) => {
  const read = request(input, '');
  const queue = queueAt(store, read.QueueUrl);
  checkRequest(queue, read);
  const { MaxNumberOfMessages: max = 1, ReceiveRequestAttemptId: attemptId } = read;
  const receiveNow = (): readonly Received[] => {
    const visibility = read.VisibilityTimeout ?? numberOf(queue, 'VisibilityTimeout');
    const take = () => receive(store, queue, max, visibility);
    return attemptId === undefined ? take() : receiveOnce(store, queue, attemptId, visibility, take);
  };
  const wait = read.WaitTimeSeconds ?? numberOf(queue, 'ReceiveMessageWaitTimeSeconds');
  const now = receiveNow();
  const received = now.length > 0 || wait === 0 ? now : await waitForMessages(store, queue, wait, receiveNow);
  return received.length === 0 ? {} : { Messages: received.map((one) => toAnswer(read, one)) };
};
