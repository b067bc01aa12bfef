import { contentOf, metadataOf } from '../content.ts';
import type { Method } from '../method.ts';
import { SlackRefusal } from '../refusal.ts';
import { channelFor, count, newTs } from '../store.ts';
import { told } from '../told.ts';

/** docs.slack.dev/reference/methods/chat.postMessage: one message a second in a channel, with room for bursts, counted here by the minute. */
export const chatPostMessage: Method = {
  name: 'chat.postMessage',
  scopes: ['chat:write'],
  json: true,
  run(store, bot, given) {
    const channel = channelFor(store, bot, given['channel'], { writes: true });
    const content = contentOf(given);
    const metadata = metadataOf(given);
    const thread = given['thread_ts'] === undefined ? undefined : String(given['thread_ts']);
    if (thread !== undefined && !channel.messages.has(thread)) throw new SlackRefusal('thread_not_found');
    count(store, `post ${channel.id}`, 60);
    const message = { ...content, ts: newTs(store), by: bot.id, thread, metadata, edited: false };
    channel.messages.set(message.ts, message);
    store.shown(message, channel.id);
    return { channel: channel.id, ts: message.ts, message: told(message, true) };
  },
};
