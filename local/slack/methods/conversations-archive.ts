import type { Method } from '../method.ts';
import { SlackRefusal } from '../refusal.ts';
import { channelFor } from '../store.ts';

/** docs.slack.dev/reference/methods/conversations.archive */
export const conversationsArchive: Method = {
  name: 'conversations.archive',
  scopes: ['channels:manage'],
  perMinute: 20,
  json: true,
  run(store, bot, given) {
    const channel = channelFor(store, bot, given['channel'], { writes: false });
    if (channel.archived) throw new SlackRefusal('already_archived');
    channel.archived = true;
    return {};
  },
};
