import type { Method } from '../method.ts';
import { channelFor } from '../store.ts';
import { pageOf } from '../told.ts';

/** docs.slack.dev/reference/methods/conversations.history: the newest first, without what is in threads. */
export const conversationsHistory: Method = {
  name: 'conversations.history',
  scopes: ['{channel}:history'],
  perMinute: 50,
  json: false,
  run(store, bot, given) {
    const { messages } = channelFor(store, bot, given['channel'], { writes: false });
    const own = [...messages.values()].filter(({ thread }) => thread === undefined);
    return pageOf(own.toReversed(), given);
  },
};
