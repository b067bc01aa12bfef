import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Clock } from '../../local/clock.ts';
import { createSlack } from '../../local/slack/slack.ts';
import type { NotifyWord } from '../../shared/catalogue/catalogue.ts';
import { appFetch } from '../in-process/app-fetch.ts';
import { CHANNEL, PEOPLE, people, SCOPES, TOKEN } from '../in-process/slack-people.ts';
import { desk } from './desk.ts';
import { HOOKS, type RECEIVERS } from './receivers.ts';
import type { Heard } from './seen.ts';

const SECRETS = {
  '/switchyard/slack': TOKEN,
  '/switchyard/hook': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
} as const;

/** Everybody is told of everything, but for one who hears how requests ended. */
export const TOLD: readonly NotifyWord[] = [
  {
    notify: {
      slack: { channel: CHANNEL, token: '${ssm:/switchyard/slack}' },
      webhooks: [
        { name: 'all', url: `https://${HOOKS}/all`, secret: '${ssm:/switchyard/hook}' },
        { name: 'verdicts', url: `https://${HOOKS}/verdicts`, secret: '${ssm:/switchyard/hook}', events: 'verdicts' },
      ],
    },
  },
];

/** Slack's stand-in, and a receiver of webhooks that takes everything. */
export const simulatedSubscribers = (clock: Pick<Clock, 'now'>) => {
  const slack = createSlack({ clock, tokens: { [TOKEN]: SCOPES, [PEOPLE]: SCOPES }, channels: [CHANNEL] });
  const posted: Heard['posted'][number][] = [];
  const receive: typeof globalThis.fetch = async (input, init = {}) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const id = new Headers(init.headers).get('webhook-id') ?? '';
    posted.push({ webhook: pathname.slice(1), id, body: String(init.body) });
    return new Response(null, { status: 204 });
  };
  const receivers: Readonly<Record<(typeof RECEIVERS)[number], typeof globalThis.fetch>> = {
    'slack.com': appFetch(slack),
    [HOOKS]: receive,
  };
  return {
    receivers: receivers as Readonly<Record<string, typeof globalThis.fetch>>,
    /** The secrets that the catalogue refers to. */
    async install(): Promise<void> {
      for (const [Name, Value] of Object.entries(SECRETS))
        await desk.clients.ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
    },
    async heard(): Promise<Heard> {
      const { messages, words } = people(slack);
      const lines = (await messages()).map((message) => words(message).split('\n'));
      return { slack: lines.map((all) => ({ title: all[0] ?? '', about: all.at(-1) ?? '', words: all.join('\n') })), posted };
    },
  };
};
