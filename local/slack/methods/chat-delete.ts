import type { Method } from '../method.ts';
import { SlackRefusal } from '../refusal.ts';
import { channelFor } from '../store.ts';

/** docs.slack.dev/reference/methods/chat.delete */
export const chatDelete: Method = {
  name: 'chat.delete',
  scopes: ['chat:write'],
  perMinute: 50,
  json: true,
  run(store, bot, given) {
    const channel = channelFor(store, bot, given['channel'], { writes: false });
    const ts = String(given['ts']);
    const known = channel.messages.get(ts);
    if (known === undefined) throw new SlackRefusal('message_not_found');
    if (known.by !== bot.id) throw new SlackRefusal('cant_delete_message');
    channel.messages.delete(ts);
    return { channel: channel.id, ts };
  },
};
