import { FinalError } from './errors.ts';
import type { Message } from './messages.ts';

/** A message that the router, or one of our functions, has written; anything else can never work. */
export const readMessage = (body: string): Message => {
  const parsed = parse(body);
  if (typeof parsed === 'object' && parsed !== null && ('wake' in parsed || 'event' in parsed)) return parsed as Message;
  throw new FinalError('unreadable-message', 'the message is neither an event that was sent on nor word to look at a deployment');
};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new FinalError('unreadable-message', 'the message is not JSON', { cause });
  }
};
