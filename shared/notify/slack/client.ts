import { FinalError, LaterError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import { retryAfter } from '../answers.ts';
import { NotDoneError } from '../steps.ts';
import type { Message } from './message.ts';

/** What a message of ours carries unseen, so that it is found again (Slack, "Message metadata"). */
export interface Mark {
  readonly deployment: string;
  /** `message`, or the id of the event that a reply is about. */
  readonly what: string;
}

export interface SlackClient {
  /** Answers the message's `ts`. */
  post(mark: Mark, message: Message, thread?: string): Promise<string>;
  /** `gone`: it cannot be changed any more, since it was deleted or Slack's settings do not allow it. */
  update(ts: string, message: Message): Promise<'updated' | 'gone'>;
  /** The `ts` of the message that carries the mark; posted at `since` (milliseconds) or later, in the channel or in a thread. */
  find(mark: Mark, since: number, thread?: string): Promise<string | undefined>;
}

type Answer = Readonly<Record<string, unknown>>;

const TIMEOUT_MILLISECONDS = 10_000;

/** Clocks are not the same: ours may be ahead of Slack's by so much, in milliseconds. */
const CLOCKS = 120_000;

const EVENT_TYPE = 'switchyard_outcome';

/** What to do about a refusal, by our codes of it (docs/errors.md). */
export const SLACK_REFUSALS = {
  'slack-token': 'put a token there that counts',
  'slack-scope': 'give the app the scopes of docs/notifications.md, and install it again',
  'slack-channel': "invite the app to the channel, or correct the channel's id in the catalogue",
  'slack-refused': 'report it, with this message',
} as const;

type RefusalCode = keyof typeof SLACK_REFUSALS;

/** Slack's names of what is wrong with what we were given ("Using the Slack Web API", and each method's errors). */
const ERRORS: Readonly<Record<string, RefusalCode>> = {
  invalid_auth: 'slack-token',
  not_authed: 'slack-token',
  token_revoked: 'slack-token',
  token_expired: 'slack-token',
  account_inactive: 'slack-token',
  not_allowed_token_type: 'slack-token',
  missing_scope: 'slack-scope',
  no_permission: 'slack-scope',
  channel_not_found: 'slack-channel',
  not_in_channel: 'slack-channel',
  is_archived: 'slack-channel',
  restricted_action: 'slack-channel',
  restricted_action_read_only_channel: 'slack-channel',
};

/** Slack's own trouble: something may have been done (each method's errors). */
const TROUBLE = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'];

const GONE = ['message_not_found', 'thread_not_found', 'cant_update_message', 'edit_window_closed'];

const SECONDS_WITHOUT_WORD = 30;

const refusalOf = (method: string, error: string, { needed, response_metadata: more }: Answer): FinalError => {
  const code: RefusalCode = ERRORS[error] ?? 'slack-refused';
  const scope = typeof needed === 'string' ? ` (it needs ${needed})` : '';
  const { messages } = (typeof more === 'object' && more !== null ? more : {}) as Answer;
  const said = Array.isArray(messages) ? `: ${messages.slice(0, 3).join('; ')}` : '';
  return new FinalError(code, `Slack refuses ${method} with ${error}${scope}${said}; ${SLACK_REFUSALS[code]}`);
};

/** Slack's Web API, as one bot, in one channel. `url`: `https://slack.com/api`. */
export const slackClient = (
  { fetch, timeout, now }: Pick<Runtime, 'fetch' | 'timeout' | 'now'>,
  { url, token, channel }: { readonly url: string; readonly token: string; readonly channel: string },
): SlackClient => {
  /** Methods that write take JSON; those that read take a form (Slack, "Web API", "Content types"). */
  const send = async (method: string, body: string, type: string): Promise<Answer> => {
    const { signal, cancel } = timeout(TIMEOUT_MILLISECONDS);
    try {
      const headers = { authorization: `Bearer ${token}`, 'content-type': `${type}; charset=utf-8` };
      const response = await fetch(`${url}/${method}`, { method: 'POST', headers, body, redirect: 'error', signal });
      if (response.status === 429) throw limited(response.headers);
      if (response.status !== 200) throw new Error(`Slack answered ${method} with ${response.status}`);
      return (await response.json()) as Answer;
    } finally {
      cancel();
    }
  };
  const limited = (headers?: Headers): NotDoneError => {
    const wait = (headers === undefined ? undefined : retryAfter(headers, now())) ?? SECONDS_WITHOUT_WORD;
    return new NotDoneError('ratelimited', { cause: new LaterError(wait, `Slack asks for patience: ${wait} s`) });
  };
  const call = async (method: string, body: string, type: string): Promise<Answer | 'gone'> => {
    const answer = await send(method, body, type);
    if (answer['ok'] === true) return answer;
    const error = String(answer['error']);
    if (GONE.includes(error)) return 'gone';
    if (error === 'ratelimited' || error === 'rate_limited') throw limited();
    if (TROUBLE.includes(error)) throw new Error(`Slack answered ${method} with ${error}`);
    throw new NotDoneError(error, { cause: refusalOf(method, error, answer) });
  };
  const write = (method: string, body: object) => call(method, JSON.stringify({ channel, ...body }), 'application/json');
  const read = (method: string, body: Readonly<Record<string, string>>) =>
    call(method, new URLSearchParams({ channel, ...body }).toString(), 'application/x-www-form-urlencoded');

  return {
    async post(mark, message, thread) {
      const metadata = { event_type: EVENT_TYPE, event_payload: mark };
      const where = thread === undefined ? {} : { thread_ts: thread };
      const answer = await write('chat.postMessage', {
        ...message,
        ...where,
        metadata,
        unfurl_links: false,
        unfurl_media: false,
      });
      if (answer === 'gone') return '';
      return String(answer['ts']);
    },
    async update(ts, message) {
      return (await write('chat.update', { ts, ...message })) === 'gone' ? 'gone' : 'updated';
    },
    async find(mark, since, thread) {
      const method = thread === undefined ? 'conversations.history' : 'conversations.replies';
      const oldest = ((since - CLOCKS) / 1000).toFixed(6);
      let cursor = '';
      do {
        const page = await read(method, {
          ...(thread === undefined ? {} : { ts: thread }),
          ...(cursor === '' ? {} : { cursor }),
          oldest,
          limit: '100',
          include_all_metadata: 'true',
        });
        if (page === 'gone') return undefined;
        const found = messagesIn(page).find((message) => carries(message, mark));
        if (found !== undefined) return String(found['ts']);
        const { next_cursor: next = '' } = (page['response_metadata'] ?? {}) as Answer;
        cursor = String(next);
      } while (cursor !== '');
      return undefined;
    },
  };
};

const messagesIn = ({ messages }: Answer): readonly Answer[] => (Array.isArray(messages) ? messages : []);

const carries = ({ metadata }: Answer, { deployment, what }: Mark): boolean => {
  const { event_type: type, event_payload: payload } = (metadata ?? {}) as Answer;
  const { deployment: id, what: about } = (payload ?? {}) as Answer;
  return type === EVENT_TYPE && id === deployment && about === what;
};
