import type { HttpAnswer, HttpApp, HttpRequest } from '../ports.ts';
import { incomingWebhook } from './incoming-webhook.ts';
import type { Arguments, Method } from './method.ts';
import { authRevoke } from './methods/auth-revoke.ts';
import { authTest } from './methods/auth-test.ts';
import { chatDelete } from './methods/chat-delete.ts';
import { chatPostMessage } from './methods/chat-post-message.ts';
import { chatUpdate } from './methods/chat-update.ts';
import { conversationsArchive } from './methods/conversations-archive.ts';
import { conversationsHistory } from './methods/conversations-history.ts';
import { conversationsLeave } from './methods/conversations-leave.ts';
import { conversationsReplies } from './methods/conversations-replies.ts';
import { SlackLimit, SlackRefusal, withMessages } from './refusal.ts';
import { type Bot, count, createSlackStore, type SlackSettings, type SlackStore } from './store.ts';

const METHODS: readonly Method[] = [
  authRevoke,
  authTest,
  chatDelete,
  chatPostMessage,
  chatUpdate,
  conversationsArchive,
  conversationsHistory,
  conversationsLeave,
  conversationsReplies,
];

/**
 * A stand-in for Slack's Web API and incoming webhooks: the methods that the pipeline calls, and those by which people change what it
 * finds. Written from docs.slack.dev; each method and each rule names its page.
 */
export const createSlack = (settings: SlackSettings): HttpApp => {
  const store = createSlackStore(settings);
  return async (request) => {
    const [path = ''] = request.path.split('?');
    try {
      if (path.startsWith('/services/')) return incomingWebhook(store, path, request);
      return json(200, { ok: true, ...answer(store, path.replace(/^\/api\//, ''), request) });
    } catch (error) {
      if (error instanceof SlackLimit)
        return json(429, { ok: false, error: 'ratelimited' }, { 'retry-after': String(error.seconds) });
      if (error instanceof SlackRefusal) return json(200, { ok: false, error: error.error, ...error.more });
      throw error;
    }
  };
};

const json = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});

const answer = (store: SlackStore, name: string, request: HttpRequest): Arguments => {
  const method = METHODS.find((one) => one.name === name);
  if (method === undefined) throw new SlackRefusal('unknown_method', { req_method: name });
  const given = argumentsOf(method, request);
  const bot = botOf(store, request, given);
  const missing = needed(method, given).find((scope) => !bot.scopes.includes(scope));
  if (missing !== undefined) throw new SlackRefusal('missing_scope', { needed: missing, provided: bot.scopes.join(',') });
  if (method.perMinute !== undefined) count(store, `${bot.token} ${name}`, method.perMinute);
  const absent = REQUIRED[name]?.filter((argument) => given[argument] === undefined || given[argument] === '') ?? [];
  if (absent.length > 0)
    throw withMessages(
      'invalid_arguments',
      absent.map((argument) => `missing required field: ${argument} [json-pointer:/]`),
    );
  return method.run(store, bot, given);
};

/** "Arguments", "Required arguments" of each method's page. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['channel'],
  'chat.update': ['channel', 'ts'],
  'chat.delete': ['channel', 'ts'],
  'conversations.history': ['channel'],
  'conversations.replies': ['channel', 'ts'],
  'conversations.leave': ['channel'],
  'conversations.archive': ['channel'],
};

/** Private channels have a scope of their own. */
const needed = ({ scopes }: Method, { channel }: Arguments): readonly string[] =>
  scopes.map((scope) => scope.replace('{channel}', String(channel).startsWith('G') ? 'groups' : 'channels'));

/** A form, or JSON where the method takes it; a token in JSON does not count ("Using the Slack Web API", "JSON-encoded bodies"). */
const argumentsOf = ({ json: takesJson }: Method, { headers = {}, body = '' }: HttpRequest): Arguments => {
  const type = headers['content-type'] ?? '';
  if (!type.startsWith('application/json')) return Object.fromEntries(new URLSearchParams(body));
  if (!takesJson) return {};
  try {
    const { token: _, ...given }: Record<string, unknown> = JSON.parse(body);
    return given;
  } catch {
    throw new SlackRefusal('invalid_json');
  }
};

const botOf = ({ bots }: SlackStore, { headers = {} }: HttpRequest, given: Arguments): Bot => {
  const [, bearer] = /^Bearer (.+)$/.exec(headers['authorization'] ?? '') ?? [];
  const token = bearer ?? given['token'];
  if (token === undefined) throw new SlackRefusal('not_authed');
  const bot = bots.get(String(token));
  if (bot === undefined) throw new SlackRefusal('invalid_auth');
  if (bot.revoked) throw new SlackRefusal('token_revoked');
  return bot;
};
