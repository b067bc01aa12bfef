import { everyNotify } from '../../shared/catalogue/notify.ts';
import { createSlack } from '../slack/slack.ts';
import type { SlackMessage } from '../slack/store.ts';
import { keepSecret } from './keep-secret.ts';
import { lineOf, type Making, type ToldHere } from './told-here.ts';

const TOKEN = 'xoxb-of-this-machine';
const SCOPES = ['chat:write', 'channels:history', 'groups:history'];
const HOOK = '/services/T00000000/B00000000/local';
const HOOKED = 'C0WEBHOOK';

/** As people see it: a reply below its message, and what was changed. */
const shownAs = ({ text, thread, edited }: SlackMessage, channel: string): string =>
  `          slack   ${channel}  ${thread === undefined ? (edited ? '~ ' : '') : '  └ '}${lineOf(text)}`;

/** Slack, with the channels and secrets that the catalogue names. */
export const slackHere = async ({ catalogue, network, clock, say }: Making): Promise<ToldHere> => {
  const slack = everyNotify(catalogue, 'slack');
  if (slack.length === 0) return { environment: {}, prepare: async () => undefined };
  const address = await network.address('slack', 'api');
  const channels = [...new Set([HOOKED, ...slack.flatMap(({ channel }) => channel ?? [])])];
  const shown = (message: SlackMessage, channel: string) => say(shownAs(message, channel));
  network.serve(
    'slack',
    'api',
    createSlack({ clock, tokens: { [TOKEN]: SCOPES }, channels, webhooks: { [HOOK]: HOOKED }, shown }),
  );
  return {
    environment: { SWITCHYARD_SLACK_URL: `${address}/api` },
    async prepare(access) {
      for (const { token, webhook } of slack) {
        if (token !== undefined) await keepSecret(access, token, TOKEN);
        if (webhook !== undefined) await keepSecret(access, webhook, `${address}${HOOK}`);
      }
    },
  };
};
