import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpApp } from '../../../../local/ports.ts';
import { createSlack } from '../../../../local/slack/slack.ts';
import { LaterError } from '../../../../shared/errors.ts';
import { createLog } from '../../../../shared/log.ts';
import { type Outcome, subjectOf } from '../../../../shared/notify/outcome.ts';
import { slackClient } from '../../../../shared/notify/slack/client.ts';
import { type SlackNote, slackTelling } from '../../../../shared/notify/slack/telling.ts';
import { tellInSteps } from '../../../../shared/notify/steps.ts';
import { appFetch } from '../../../in-process/app-fetch.ts';
import { CHANNEL, PEOPLE, people, SCOPES, TOKEN } from '../../../in-process/slack-people.ts';
import { rolledBack, succeeded, verdict } from './events.ts';

class DiedError extends Error {}

/** A notifier on Slack's stand-in: a clock that goes on, and calls of Slack and of the table at which it may die. */
const world = () => {
  const clock = { at: Date.parse('2026-03-01T12:00:00Z'), now: () => clock.at };
  const real = createSlack({ clock, tokens: { [TOKEN]: SCOPES, [PEOPLE]: SCOPES }, channels: [CHANNEL] });
  const dies = { at: Number.POSITIVE_INFINITY, after: false };
  const counted = async <T>(act: () => Promise<T>): Promise<T> => {
    dies.at -= 1;
    if (dies.at === 0 && !dies.after) throw new DiedError();
    const answer = await act();
    if (dies.at === 0) throw new DiedError();
    return answer;
  };
  const app: HttpApp = (request) => counted(() => real(request));
  const items = new Map<string, { note: SlackNote; version: number }>();
  const notes = {
    read: (id: string) => counted(async () => ({ note: items.get(id)?.note, version: items.get(id)?.version ?? 0 })),
    write: (id: string, note: SlackNote, version: number) =>
      counted(async () => {
        if ((items.get(id)?.version ?? 0) !== version) return false;
        items.set(id, { note: JSON.parse(JSON.stringify(note)), version: version + 1 });
        return true;
      }),
  };
  const timeout = () => ({ signal: new AbortController().signal, cancel: () => undefined });
  const runtime = { fetch: appFetch(app), timeout, now: clock.now };
  const client = (channel: string) => slackClient(runtime, { url: 'https://slack.com/api', token: TOKEN, channel });
  const tell = (outcome: Outcome, by: string, heard: 'all' | 'verdicts' | 'failures' = 'all') =>
    tellInSteps(
      { notes, now: clock.now, timeLeft: () => 30_000, by, leaseMilliseconds: 90_000, inFlightMilliseconds: 60_000 },
      subjectOf(outcome),
      slackTelling({ outcome, channel: CHANNEL, heard, places: {}, client, log: createLog(() => undefined, clock.now) }),
    );
  /** As the queue does: again, when it has died, or was told to come back. */
  const until = async (outcome: Outcome, name: string): Promise<void> => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      try {
        return await tell(outcome, `${name}/${attempt}`);
      } catch (error) {
        if (!(error instanceof DiedError || error instanceof LaterError)) throw error;
        clock.at += error instanceof LaterError ? Math.max(1, error.seconds) * 1000 : 100_000;
      }
    }
    throw new Error('it was never told');
  };
  const seen = people(real);
  const shown = async () => {
    dies.at = Number.POSITIVE_INFINITY;
    const [message, ...others] = await seen.messages();
    const replies = message === undefined ? [] : await seen.thread(message.ts);
    return { message, others, replies: replies.map(seen.words).sort() };
  };
  return { clock, dies, tell, until, shown, seen, items };
};

const cancelled = verdict('DeploymentRolledBack', 9, {
  verdict: 'rolled-back',
  reason: { code: 'cancelled', message: 'wrong version' },
});

const inOrder = async (events: readonly Outcome[]) => {
  const one = world();
  for (const [index, event] of events.entries()) await one.until(event, String(index));
  return one.shown();
};

describe('the message of a deployment', () => {
  it.each([
    ['that succeeds', succeeded, '✅ api in prod: deployed and verified'],
    ['that is rolled back', rolledBack, '↩️ api in prod: failed, and rolled back'],
  ])('%s is one, shows how it ended, and has its details in its thread', async (_, events, title) => {
    const { message, others, replies } = await inOrder(events);
    expect(others).toEqual([]);
    expect(message?.blocks[0]).toMatchObject({ type: 'header', text: { text: title } });
    expect(replies.length).toBeGreaterThan(2);
    expect(new Set(replies).size).toBe(replies.length);
  });

  it('is the same when every event comes three times and in any order', async () => {
    const expected = await inOrder(rolledBack);
    const thrice = rolledBack.flatMap((event) => [event, event, event]);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(thrice, { minLength: thrice.length }), async (events) => {
        const { message, others, replies } = await inOrder(events);
        expect(others).toEqual([]);
        expect(message?.blocks).toEqual(expected.message?.blocks);
        expect(replies).toEqual(expected.replies);
      }),
      { numRuns: 10 },
    );
  });

  it.each([false, true])('is the same though the function dies at any of its calls (after it took effect: %s)', async (after) => {
    const events = [rolledBack[0], rolledBack.at(-1)].filter((event) => event !== undefined);
    const expected = await inOrder(events);
    const count = await (async () => {
      const one = world();
      one.dies.at = 1000;
      for (const [index, event] of events.entries()) await one.until(event, String(index));
      return 1000 - one.dies.at;
    })();
    expect(count).toBeGreaterThan(15);
    for (let at = 1; at <= count; at += 1) {
      const one = world();
      Object.assign(one.dies, { at, after });
      for (const [index, event] of events.entries()) await one.until(event, String(index));
      const { message, others, replies } = await one.shown();
      expect(others, `died at ${at}`).toEqual([]);
      expect(message?.blocks, `died at ${at}`).toEqual(expected.message?.blocks);
      expect(replies, `died at ${at}`).toEqual(expected.replies);
    }
  });

  it('is never doubled by two copies that are told at once', async () => {
    const one = world();
    const [first, second] = rolledBack;
    if (first === undefined || second === undefined) throw new Error('there are no events');
    let busy = 0;
    /** Comes back at once, and lets the other go on. */
    const copy = async (outcome: Outcome, by: string): Promise<void> => {
      for (let attempt = 0; attempt < 200; attempt += 1) {
        try {
          return await one.tell(outcome, by);
        } catch (error) {
          if (!(error instanceof LaterError)) throw error;
          busy += 1;
          await new Promise(setImmediate);
        }
      }
      throw new Error('it was never told');
    };
    await Promise.all([copy(first, 'a'), copy(second, 'b'), copy(first, 'c')]);
    expect(busy).toBeGreaterThan(0);
    const { others, replies } = await one.shown();
    expect(others).toEqual([]);
    expect(new Set(replies).size).toBe(2);
    expect(replies).toHaveLength(2);
  });

  it('is posted anew where it was deleted, once', async () => {
    const one = world();
    const [first, second, ...more] = rolledBack;
    const last = more.pop();
    if (first === undefined || second === undefined || last === undefined) throw new Error('there are too few events');
    const drop = async () => {
      for (const { ts } of await one.seen.messages()) await one.seen.call('chat.delete', { channel: CHANNEL, ts }, TOKEN);
    };
    await one.until(first, '1');
    await drop();
    await one.until(second, '2');
    expect(await one.seen.messages()).toHaveLength(1);
    await drop();
    for (const event of [...more, last]) await one.until(event, 'more');
    expect(await one.seen.messages()).toEqual([]);
  });

  it('waits as long as Slack asks for', async () => {
    const one = world();
    const [first] = rolledBack;
    if (first === undefined) throw new Error('there are no events');
    const say = { channel: CHANNEL, text: 'hello' };
    for (let index = 0; index < 60; index += 1) await one.seen.call('chat.postMessage', say, PEOPLE);
    one.clock.at += 20_000;
    await expect(one.tell(first, 'a')).rejects.toMatchObject({ name: 'LaterError', seconds: 40 });
    one.clock.at += 40_001;
    await one.tell(first, 'b');
    expect((await one.seen.messages()).at(-1)?.text).toContain('api in prod');
  });

  it('is posted at the end alone, or when it did not end well, where no more is asked for', async () => {
    for (const [heard, events, count] of [
      ['verdicts', succeeded, 1],
      ['failures', succeeded, 0],
      ['failures', rolledBack, 1],
      ['failures', [...rolledBack.slice(0, -1), cancelled], 0],
    ] as const) {
      const one = world();
      for (const [index, event] of events.entries()) {
        await one.tell(event, String(index), heard);
        expect(await one.seen.messages()).toHaveLength(index === events.length - 1 ? count : 0);
      }
    }
  });

  it.each([
    ['auth.revoke', 'slack-token'],
    ['conversations.leave', 'slack-channel'],
    ['conversations.archive', 'slack-channel'],
  ])('is refused for good after %s, with a code that says what to do', async (method, code) => {
    const one = world();
    const [first] = rolledBack;
    if (first === undefined) throw new Error('there are no events');
    const slack = createSlack({
      clock: one.clock,
      tokens: { [TOKEN]: [...SCOPES, 'channels:manage'] },
      channels: [CHANNEL],
    });
    await people(slack).call(method, { channel: CHANNEL }, TOKEN);
    const runtime = {
      fetch: appFetch(slack),
      timeout: () => ({ signal: new AbortController().signal, cancel: () => undefined }),
      now: one.clock.now,
    };
    const client = slackClient(runtime, { url: 'https://slack.com/api', token: TOKEN, channel: CHANNEL });
    const mark = { deployment: 'd', what: 'message' };
    const posted = client.post(mark, { text: 'a', blocks: [] });
    await expect(posted).rejects.toMatchObject({ name: 'NotDoneError', cause: { name: 'FinalError', code } });
  });
});
