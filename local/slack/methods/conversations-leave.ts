import type { Method } from '../method.ts';
import { channelFor } from '../store.ts';

/** docs.slack.dev/reference/methods/conversations.leave */
export const conversationsLeave: Method = {
  name: 'conversations.leave',
  scopes: ['channels:manage'],
  perMinute: 50,
  json: true,
  run(store, bot, given) {
    channelFor(store, bot, given['channel'], { writes: true }).members.delete(bot.id);
    return {};
  },
};
