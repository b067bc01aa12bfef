import { describe, expect, it } from 'vitest';
import { createSlack } from '../../../local/slack/slack.ts';

const CHANNEL = 'C0DEPLOYS';
const HOOK = '/services/T0/B0/secret';

const stand = (scopes = ['chat:write', 'channels:history', 'channels:manage']) => {
  const clock = { at: 1_772_366_400_000, now: () => clock.at };
  const shown: string[] = [];
  const app = createSlack({
    clock,
    tokens: { bot: scopes, other: scopes },
    channels: [CHANNEL, 'C0OTHER'],
    webhooks: { [HOOK]: CHANNEL },
    shown: ({ text }) => void shown.push(text),
  });
  const raw = async (method: string, body: string, headers: Record<string, string>) => {
    const answer = await app({ method: 'POST', path: `/api/${method}`, headers, body });
    return { ...answer, said: JSON.parse(answer.body) };
  };
  const json = async (method: string, given: object, token = 'bot') =>
    (await raw(method, JSON.stringify(given), { authorization: `Bearer ${token}`, 'content-type': 'application/json' })).said;
  const form = async (method: string, given: Record<string, string>, token = 'bot') =>
    (
      await raw(method, new URLSearchParams(given).toString(), {
        authorization: `Bearer ${token}`,
        'content-type': 'application/x-www-form-urlencoded',
      })
    ).said;
  const post = async (more: object = {}) => json('chat.postMessage', { channel: CHANNEL, text: 'hello', ...more });
  return { app, clock, shown, raw, json, form, post };
};

describe("Slack's stand-in", () => {
  it('posts, changes, reads and deletes', async () => {
    const { post, json, form, shown } = stand();
    const metadata = { event_type: 'a', event_payload: { b: 1 } };
    const { ok, ts, channel } = await post({ metadata });
    expect([ok, channel]).toEqual([true, CHANNEL]);
    expect(ts).toMatch(/^\d{10}\.\d{6}$/);
    await post({ thread_ts: ts, text: 'reply' });
    await json('chat.update', { channel: CHANNEL, ts, text: 'changed' });
    expect(shown).toEqual(['hello', 'reply', 'changed']);
    const all = await form('conversations.history', { channel: CHANNEL, include_all_metadata: 'true' });
    expect(all.messages).toMatchObject([{ ts, text: 'changed', metadata }]);
    expect((await form('conversations.history', { channel: CHANNEL })).messages[0]).not.toHaveProperty('metadata');
    const thread = await form('conversations.replies', { channel: CHANNEL, ts });
    expect(thread.messages.map(({ text }: { text: string }) => text)).toEqual(['changed', 'reply']);
    await json('chat.delete', { channel: CHANNEL, ts });
    expect((await form('conversations.history', { channel: CHANNEL })).messages).toEqual([]);
  });

  it('gives the newest first, page by page, within the times that are asked for', async () => {
    const { post, form, clock } = stand();
    for (let index = 0; index < 5; index += 1) {
      clock.at += 1000;
      await post({ text: String(index) });
    }
    const texts = ({ messages }: { messages: { text: string }[] }) => messages.map(({ text }) => text);
    const first = await form('conversations.history', { channel: CHANNEL, limit: '2' });
    expect([texts(first), first.has_more]).toEqual([['4', '3'], true]);
    const next = await form('conversations.history', {
      channel: CHANNEL,
      limit: '2',
      cursor: first.response_metadata.next_cursor,
    });
    expect(texts(next)).toEqual(['2', '1']);
    const oldest = String(clock.at / 1000 - 0.5);
    expect(texts(await form('conversations.history', { channel: CHANNEL, oldest }))).toEqual(['4']);
  });

  /** Each method's "Errors" (docs.slack.dev/reference/methods). */
  it('refuses what Slack refuses, by the same names', async () => {
    const { post, json, form, raw } = stand();
    const { ts } = await post();
    const error = async (answer: Promise<{ error?: string }>) => (await answer).error;
    expect(await error(json('chat.postMessage', { text: 'a' }))).toBe('invalid_arguments');
    expect(await error(post({ text: '' }))).toBe('no_text');
    expect(await error(post({ channel: 'C0NOWHERE' }))).toBe('channel_not_found');
    expect(await error(post({ blocks: [{ type: 'nothing' }] }))).toBe('invalid_blocks');
    expect(await error(post({ blocks: '{' }))).toBe('invalid_blocks_format');
    expect(await error(post({ metadata: { event_type: 'a' } }))).toBe('invalid_metadata_format');
    expect(await error(post({ thread_ts: '1.1' }))).toBe('thread_not_found');
    expect(await error(json('chat.update', { channel: CHANNEL, ts: '1.1', text: 'a' }))).toBe('message_not_found');
    expect(await error(json('chat.update', { channel: CHANNEL, ts, text: 'a' }, 'other'))).toBe('cant_update_message');
    expect(await error(json('chat.update', { channel: CHANNEL, ts, text: 'a'.repeat(4001) }))).toBe('msg_too_long');
    expect(await error(form('conversations.replies', { channel: CHANNEL, ts: '1.1' }))).toBe('thread_not_found');
    expect(await error(json('chat.unknown', {}))).toBe('unknown_method');
    expect(await error(json('chat.postMessage', {}, 'nobody'))).toBe('invalid_auth');
    const { said: unauthorized } = await raw('chat.postMessage', '{}', { 'content-type': 'application/json' });
    expect(unauthorized.error).toBe('not_authed');
    const { said: garbled } = await raw('chat.postMessage', '{', {
      'content-type': 'application/json',
      authorization: 'Bearer bot',
    });
    expect(garbled.error).toBe('invalid_json');
    const limited = stand(['channels:history']);
    expect(await limited.post()).toMatchObject({ error: 'missing_scope', needed: 'chat:write', provided: 'channels:history' });
    expect(await error(json('conversations.history', { channel: CHANNEL })), 'what reads takes no JSON').toBe(
      'invalid_arguments',
    );
  });

  it('refuses who has left, what is archived, and what was revoked', async () => {
    const { post, json, form } = stand();
    await json('conversations.leave', { channel: CHANNEL });
    expect((await post()).error).toBe('not_in_channel');
    await json('conversations.archive', { channel: 'C0OTHER' });
    expect((await post({ channel: 'C0OTHER' })).error).toBe('is_archived');
    await form('auth.revoke', {});
    expect((await post()).error).toBe('token_revoked');
  });

  it('asks for patience with 429 and Retry-After, until there is room again', async () => {
    const { raw, post, clock } = stand();
    for (let index = 0; index < 60; index += 1) await post();
    clock.at += 10_000;
    const headers = { authorization: 'Bearer bot', 'content-type': 'application/json' };
    const refused = await raw('chat.postMessage', JSON.stringify({ channel: CHANNEL, text: 'a' }), headers);
    expect([refused.status, refused.headers?.['retry-after'], refused.said.error]).toEqual([429, '50', 'ratelimited']);
    expect((await post({ channel: 'C0OTHER' })).ok, 'another channel has its own').toBe(true);
    clock.at += 50_001;
    expect((await post()).ok).toBe(true);
  });

  it('has incoming webhooks, which answer in a word', async () => {
    const { app, json, form } = stand();
    const send = async (path: string, body: string) => {
      const answer = await app({ method: 'POST', path, headers: {}, body });
      return `${answer.status} ${answer.body}`;
    };
    expect(await send(HOOK, '{"text":"hi"}')).toBe('200 ok');
    expect((await form('conversations.history', { channel: CHANNEL })).messages).toMatchObject([{ text: 'hi' }]);
    expect(await send(HOOK, '{')).toBe('400 invalid_payload');
    expect(await send(HOOK, '{}')).toBe('400 no_text');
    expect(await send(HOOK, '{"blocks":[{"type":"x"}]}')).toBe('400 invalid_blocks');
    expect(await send('/services/T0/B0/other', '{"text":"hi"}')).toBe('404 no_service');
    await json('conversations.archive', { channel: CHANNEL });
    expect(await send(HOOK, '{"text":"hi"}')).toBe('410 channel_is_archived');
  });
});
