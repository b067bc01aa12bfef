import { createHash } from 'node:crypto';
import type { Caller } from '../service.ts';
import { receiptHandleIsInvalid } from './errors.ts';

/** A UUID of version 4 from the store's own randomness. */
export const randomUuid = (random: () => number): string => {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16));
  digits[12] = 4;
  digits[16] = 8 + ((digits[16] ?? 0) % 4);
  const hex = digits.map((digit) => digit.toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

const HANDLE_PREFIX = 'AQEB';

/** Tells the queue and the message, so that a handle is still understood after its message is gone. */
export const receiptHandle = (queueArn: string, messageId: string, random: () => number): string =>
  HANDLE_PREFIX + Buffer.from(`${randomUuid(random)} ${messageId} ${queueArn}`).toString('base64');

/** The message that a handle of this queue is about; whether it still exists is another question. */
export const messageIdOf = (queueArn: string, handle: string): string => {
  const content = handle.startsWith(HANDLE_PREFIX) ? handle.slice(HANDLE_PREFIX.length) : '';
  const [, messageId, arn] = Buffer.from(content, 'base64').toString('utf8').split(' ');
  if (messageId === undefined || arn !== queueArn) throw receiptHandleIsInvalid(handle);
  return messageId;
};

/** Twenty digits, increasing with gaps, as AWS's are. */
export const sequenceNumber = (count: number): string => (18_870_000_000_000_000_000n + BigInt(count) * 256n).toString();

/** Letters and digits in the form of IAM's unique ids, always the same ones for an ARN. */
const uniqueId = (prefix: string, arn: string): string =>
  prefix +
  BigInt(`0x${createHash('sha256').update(arn).digest('hex')}`)
    .toString(36)
    .toUpperCase()
    .slice(0, 17);

/** SenderId: a user's unique id, or a role's with the session's name. */
export const senderIdOf = ({ arn }: Pick<Caller, 'arn'>): string => {
  if (!/:(role|assumed-role)\//.test(arn)) return uniqueId('AIDA', arn);
  return `${uniqueId('AROA', arn)}:${arn.slice(arn.lastIndexOf('/') + 1)}`;
};
