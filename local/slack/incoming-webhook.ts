import type { HttpAnswer, HttpRequest } from '../ports.ts';
import { contentOf } from './content.ts';
import type { Arguments } from './method.ts';
import { SlackRefusal } from './refusal.ts';
import { count, newTs, type SlackStore } from './store.ts';

const says = (status: number, body: string): HttpAnswer => ({ status, headers: { 'content-type': 'text/plain' }, body });

/** docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: "ok", or an error in a word ("Handling errors"). */
export const incomingWebhook = (store: SlackStore, path: string, { method, body = '' }: HttpRequest): HttpAnswer => {
  const channel = store.channels.get(store.webhooks.get(path) ?? '');
  if (channel === undefined) return says(404, 'no_service');
  if (channel.archived) return says(410, 'channel_is_archived');
  if (method !== 'POST') return says(400, 'invalid_payload');
  try {
    const content = contentOf(payloadOf(body));
    count(store, `post ${channel.id}`, 60);
    const message = { ...content, ts: newTs(store), by: 'webhook', thread: undefined, metadata: undefined, edited: false };
    channel.messages.set(message.ts, message);
    store.shown(message, channel.id);
    return says(200, 'ok');
  } catch (error) {
    if (error instanceof SlackRefusal) return says(400, error.error);
    throw error;
  }
};

const payloadOf = (body: string): Arguments => {
  try {
    const payload: unknown = JSON.parse(body);
    if (typeof payload === 'object' && payload !== null) return { ...payload };
  } catch {
    // what is no JSON is answered like any other payload that is none
  }
  throw new SlackRefusal('invalid_payload');
};
