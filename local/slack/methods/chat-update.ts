import { contentOf, metadataOf } from '../content.ts';
import type { Method } from '../method.ts';
import { SlackRefusal } from '../refusal.ts';
import { channelFor } from '../store.ts';
import { told } from '../told.ts';

/** Characters of the text of a message that is changed (docs.slack.dev/reference/methods/chat.update, `msg_too_long`). */
const LONGEST = 4000;

/** docs.slack.dev/reference/methods/chat.update: of one's own messages alone; metadata stays unless other is given. */
export const chatUpdate: Method = {
  name: 'chat.update',
  scopes: ['chat:write'],
  perMinute: 50,
  json: true,
  run(store, bot, given) {
    const channel = channelFor(store, bot, given['channel'], { writes: true });
    const known = channel.messages.get(String(given['ts']));
    if (known === undefined) throw new SlackRefusal('message_not_found');
    if (known.by !== bot.id) throw new SlackRefusal('cant_update_message');
    const content = contentOf(given);
    if (content.text.length > LONGEST) throw new SlackRefusal('msg_too_long');
    const changed = { ...known, ...content, metadata: metadataOf(given) ?? known.metadata, edited: true };
    channel.messages.set(known.ts, changed);
    store.shown(changed, channel.id);
    return { channel: channel.id, ts: known.ts, text: content.text, message: told(changed, true) };
  },
};
