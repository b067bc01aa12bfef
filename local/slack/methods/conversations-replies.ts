import type { Method } from '../method.ts';
import { SlackRefusal } from '../refusal.ts';
import { channelFor } from '../store.ts';
import { inThread, pageOf } from '../told.ts';

/** docs.slack.dev/reference/methods/conversations.replies: a message and its thread, the oldest first. */
export const conversationsReplies: Method = {
  name: 'conversations.replies',
  scopes: ['{channel}:history'],
  perMinute: 50,
  json: false,
  run(store, bot, given) {
    const channel = channelFor(store, bot, given['channel'], { writes: false });
    const thread = inThread(channel, String(given['ts']));
    if (thread.length === 0) throw new SlackRefusal('thread_not_found');
    return pageOf(thread, given);
  },
};
