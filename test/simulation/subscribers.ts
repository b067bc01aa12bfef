import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Clock } from '../../local/clock.ts';
import { createSlack } from '../../local/slack/slack.ts';
import type { Post } from '../../local/sns/store.ts';
import type { NotifyWord } from '../../shared/catalogue/catalogue.ts';
import { appFetch } from '../in-process/app-fetch.ts';
import { CHANNEL, PEOPLE, people, SCOPES, TOKEN } from '../in-process/slack-people.ts';
import { desk } from './desk.ts';
import { GITHUB_TOLD, simulatedGitHub } from './github.ts';
import { MAILED, simulatedMailbox } from './mailbox.ts';
import type { Plan } from './plan.ts';
import { type AUDIENCES, HOOKS, type Receiver, type Receivers } from './receivers.ts';
import type { Heard } from './seen.ts';

const SECRETS = {
  '/switchyard/slack': TOKEN,
  '/switchyard/hook': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
} as const;

/** Everybody is told of everything, but for one who hears how requests ended. */
export const TOLD: Readonly<Record<keyof typeof AUDIENCES, readonly NotifyWord[]>> = {
  subscribers: [
    {
      notify: {
        slack: { channel: CHANNEL, token: '${ssm:/switchyard/slack}' },
        webhooks: [
          { name: 'all', url: `https://${HOOKS}/all`, secret: '${ssm:/switchyard/hook}' },
          { name: 'verdicts', url: `https://${HOOKS}/verdicts`, secret: '${ssm:/switchyard/hook}', events: 'verdicts' },
        ],
      },
    },
  ],
  github: [...GITHUB_TOLD, MAILED],
};

/** Those who are told in one schedule. */
export interface Subscribers {
  readonly receivers: Receivers;
  /** Secrets that the catalogue refers to. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Where e-mail arrives. */
  readonly post?: Post;
  /** What else they do before anything happens. */
  readonly prepare?: () => Promise<void>;
  readonly heard: () => Promise<Heard>;
}

const receiver = (fetch: typeof globalThis.fetch): Receiver => ({
  fetch,
  actionOf: (_, path) => path.slice(path.lastIndexOf('/') + 1),
  busy: () => new Response(null, { status: 429, headers: { 'retry-after': '7' } }),
  inTrouble: () => new Response(null, { status: 503 }),
  isHalfDone: false,
});

/** Slack's stand-in, and a receiver of webhooks that takes everything. */
const slackAndHooks = (clock: Pick<Clock, 'now'>): Subscribers => {
  const slack = createSlack({ clock, tokens: { [TOKEN]: SCOPES, [PEOPLE]: SCOPES }, channels: [CHANNEL] });
  const posted: { readonly webhook: string; readonly id: string; readonly body: string }[] = [];
  const receive: typeof globalThis.fetch = async (input, init = {}) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const id = new Headers(init.headers).get('webhook-id') ?? '';
    posted.push({ webhook: pathname.slice(1), id, body: String(init.body) });
    return new Response(null, { status: 204 });
  };
  return {
    receivers: { 'slack.com': receiver(appFetch(slack)), [HOOKS]: receiver(receive) },
    secrets: SECRETS,
    async heard() {
      const { messages, words } = people(slack);
      const lines = (await messages()).map((message) => words(message).split('\n'));
      return { slack: lines.map((all) => ({ title: all[0] ?? '', about: all.at(-1) ?? '', words: all.join('\n') })), posted };
    },
  };
};

const gitHubAndMail = (seed: number, clock: Clock): Subscribers => {
  const gitHub = simulatedGitHub(seed, clock);
  const mailbox = simulatedMailbox();
  return {
    ...gitHub,
    post: mailbox.post,
    prepare: mailbox.subscribe,
    heard: async () => ({ github: await gitHub.heard(), mails: mailbox.mails() }),
  };
};

/** Those who are told by that plan; `undefined`: nobody is. */
export const simulatedSubscribers = (plan: Plan, clock: Clock): Subscribers | undefined => {
  switch (plan.kind) {
    case 'subscribers':
      return slackAndHooks(clock);
    case 'github':
      return gitHubAndMail(plan.seed, clock);
    default:
      return undefined;
  }
};

export const installSubscribers = async ({ secrets, prepare }: Subscribers): Promise<void> => {
  for (const [Name, Value] of Object.entries(secrets))
    await desk.clients.ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
  await prepare?.();
};
