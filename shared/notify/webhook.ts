import { createHash } from 'node:crypto';
import type { SourceWebhook } from '../catalogue/generated/types.ts';
import { isSafeAddress } from '../catalogue/notify-problems.ts';
import { FinalError, LaterError } from '../errors.ts';
import type { Log } from '../log.ts';
import { resolveReferences } from '../references.ts';
import type { Runtime } from '../runtime.ts';
import type { Notes } from '../store/notes.ts';
import { retryAfter } from './answers.ts';
import type { Outcome } from './outcome.ts';
import { readKeys, webhookHeaders } from './signature.ts';

/** That an address answered 410: it wants no more. */
export interface Gone {
  readonly goneAt: number;
}

export interface Delivery {
  readonly runtime: Runtime;
  readonly notes: Notes<Gone>;
  readonly secret: (reference: string) => Promise<string>;
  readonly log: Log;
}

/** A receiver has this long to answer (Standard Webhooks specification, "Operational considerations": 15 to 30 seconds). */
const TIMEOUT_MILLISECONDS = 15_000;

/** Of an address: another one is another receiver. */
const noteOf = (name: string, url: string): string => `${name}/${createHash('sha256').update(url).digest('hex').slice(0, 32)}`;

/** As the Standard Webhooks specification recommends ("Payload structure"): `data` is the event's detail, as it is published. */
const payload = ({ type, detail }: Outcome): string => JSON.stringify({ type, timestamp: detail.at, data: detail });

const addressOf = ({ name, url }: SourceWebhook, { settings }: Runtime): string => {
  const address = resolveReferences(url, settings.references);
  if (!isSafeAddress(address))
    throw new FinalError(
      'webhook-address',
      `cannot tell the webhook "${name}": its address is neither https nor of this machine; correct the variable that it refers to`,
    );
  const { webhooksUrl } = settings;
  return webhooksUrl === undefined || !address.startsWith('https:') ? address : `${webhooksUrl}/${encodeURIComponent(name)}`;
};

const keysOf = async ({ name, secret: reference }: SourceWebhook, { secret }: Delivery): Promise<readonly Buffer[]> => {
  const keys = readKeys(await secret(reference));
  if (keys !== undefined) return keys;
  throw new FinalError(
    'webhook-secret',
    `cannot sign for the webhook "${name}": ${reference} does not hold whsec_ and 24 to 64 bytes in base64; put such a secret there`,
  );
};

/**
 * Posts one outcome to one receiver, signed. Every attempt has the same `webhook-id`: a receiver drops repeats by it. 410 ends it for
 * that address; any other answer but 2xx is tried again by the queue.
 */
export const deliver = async (delivery: Delivery, webhook: SourceWebhook, outcome: Outcome): Promise<void> => {
  const { runtime, notes, log } = delivery;
  const { name } = webhook;
  const url = addressOf(webhook, runtime);
  const id = noteOf(name, url);
  const { note, version } = await notes.read(id);
  if (note !== undefined) return log.warn('not told: the webhook has answered 410 and wants no more', { webhook: name });
  const { status, headers } = await post(runtime, url, await keysOf(webhook, delivery), outcome);
  if (status >= 200 && status < 300) return log.info('told a webhook', { webhook: name, status, event: outcome.detail.eventId });
  if (status === 410) {
    await notes.write(id, { goneAt: runtime.now() }, version);
    throw new FinalError(
      'webhook-gone',
      `the webhook "${name}" answered 410: nothing more is posted to that address; take it out of the catalogue, or give it another`,
    );
  }
  const wait = retryAfter(headers, runtime.now());
  if ((status === 429 || status === 503) && wait !== undefined)
    throw new LaterError(wait, `the webhook "${name}" answered ${status} and asks for ${wait} seconds`);
  throw new Error(`the webhook "${name}" answered ${status}`);
};

/** Redirects are not followed: what is signed for one address is for nobody else. */
const post = async (
  { fetch, timeout, now }: Runtime,
  url: string,
  keys: readonly Buffer[],
  outcome: Outcome,
): Promise<Pick<Response, 'status' | 'headers'>> => {
  const body = payload(outcome);
  const headers = webhookHeaders(keys, { id: outcome.detail.eventId, at: Math.floor(now() / 1000), body });
  const { signal, cancel } = timeout(TIMEOUT_MILLISECONDS);
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    await response.body?.cancel();
    return response;
  } finally {
    cancel();
  }
};
