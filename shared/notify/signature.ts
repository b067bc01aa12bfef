import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** Keys of 24 to 64 bytes (Standard Webhooks specification, "Signature scheme", symmetric). */
const [LEAST, MOST] = [24, 64];

/** The keys that a secret holds: one, or while it is changed several with spaces between. `undefined`: it holds none. */
export const readKeys = (secret: string): readonly Buffer[] | undefined => {
  const keys = secret
    .trim()
    .split(/\s+/)
    .map((text) => Buffer.from(text.replace(PREFIX, ''), 'base64'));
  return keys.every(({ length }) => length >= LEAST && length <= MOST) ? keys : undefined;
};

/**
 * The headers of the Standard Webhooks specification. `at`: of this attempt, in seconds since the epoch. With several keys there are
 * several signatures, and the receiver takes one that it can verify.
 */
export const webhookHeaders = (
  keys: readonly Buffer[],
  { id, at, body }: { readonly id: string; readonly at: number; readonly body: string },
): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
  'webhook-id': id,
  'webhook-timestamp': String(at),
  'webhook-signature': keys
    .map((key) => `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`)
    .join(' '),
});
