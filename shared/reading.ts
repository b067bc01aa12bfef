import { FinalError } from './errors.ts';
import { readEnvelope } from './events/envelope.ts';
import { validators } from './events/generated/validators.mjs';
import type { Message } from './messages.ts';

/** A message that the router, or one of our functions, has written; anything else can never work. */
export const readMessage = (body: string): Message => ownMessage(parseMessage(body));

/** Throws a `FinalError` for what is not JSON. */
export const parseMessage = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new FinalError('unreadable-message', 'the message is not JSON', { cause });
  }
};

/** Whether it claims to be written by one of our functions. */
export const isOwn = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Object.hasOwn(value, 'wake') || Object.hasOwn(value, 'places'));

/** Throws a `FinalError` that names what is wrong. An event in it is as sound as on the day it came. */
export const ownMessage = (value: unknown): Message => {
  const validate = validators.Message;
  if (!validate(value)) {
    const [error] = validate.errors ?? [];
    const where =
      error === undefined || error.instancePath === '' ? '' : ` (${error.instancePath.slice(1, 200)} ${error.message})`;
    const message = 'the message is neither an event that was sent on nor word to look at a deployment';
    throw new FinalError('unreadable-message', `${message}${where}`);
  }
  const message = value as Message;
  if ('wake' in message) return message;
  const read = readEnvelope(message.event);
  if ('problem' in read) throw new FinalError('unreadable-message', `the event that was sent on is not sound: ${read.problem}`);
  return message;
};
