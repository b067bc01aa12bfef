import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LaterError } from '../../../shared/errors.ts';
import { type Desk, type Held, NotDoneError, type Step, type Telling, tellInSteps } from '../../../shared/notify/steps.ts';
import type { Notes } from '../../../shared/store/notes.ts';

/** Numbers that were told, and those that have been posted. */
interface Note extends Held {
  readonly told: readonly number[];
  readonly posted: readonly number[];
}

interface Post extends Step {
  readonly number: number;
}

class DiedError extends Error {}

/** A table, and somewhere to post to that takes the same twice; a call at which the function dies is counted down to. */
const world = (dies = { at: Number.POSITIVE_INFINITY }) => {
  const items = new Map<string, { note: Note; version: number }>();
  const outside: number[] = [];
  const call = <T>(act: () => T): T => {
    dies.at -= 1;
    if (dies.at === 0) throw new DiedError('before');
    const answer = act();
    if (dies.at === -0.5) throw new DiedError('after');
    return answer;
  };
  const notes: Notes<Note> = {
    read: async (id) => call(() => ({ note: items.get(id)?.note, version: items.get(id)?.version ?? 0 })),
    write: async (id, note, version) =>
      call(() => {
        if ((items.get(id)?.version ?? 0) !== version) return false;
        items.set(id, { note: JSON.parse(JSON.stringify(note)), version: version + 1 });
        return true;
      }),
  };
  const clock = { now: 0 };
  const desk = (by: string, timeLeft = 30_000): Desk<Note> => ({
    notes,
    now: () => clock.now,
    by,
    timeLeft: () => timeLeft,
    leaseMilliseconds: 90_000,
    inFlightMilliseconds: 60_000,
  });
  const telling = (number: number): Telling<Note, Post> => ({
    tell: (note) => {
      const told = note?.told ?? [];
      return { posted: [], ...note, told: told.includes(number) ? told : [...told, number].sort() };
    },
    next: ({ told, posted }) => {
      const owed = told.find((one) => !posted.includes(one));
      return owed === undefined ? undefined : { key: `post ${owed}`, number: owed };
    },
    done: (note, step) => ({ ...note, posted: [...note.posted, step.number] }),
    perform: async (step, _, since) =>
      call(() => {
        if (since !== undefined && outside.includes(step.number)) return;
        outside.push(step.number);
      }),
  });
  return { items, outside, clock, desk, telling, dies };
};

/** Tells it again and again, each time by another invocation and when a lease has ended, as the queue does. */
const untilTold = async ({ clock, desk, telling }: ReturnType<typeof world>, number: number): Promise<void> => {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    try {
      return await tellInSteps(desk(`${number}/${attempt}`), 'd', telling(number));
    } catch (error) {
      if (!(error instanceof DiedError || error instanceof LaterError)) throw error;
      clock.now += 100_000;
    }
  }
  throw new Error('it was never told');
};

describe('telling in steps', () => {
  it('does each step once, however often it is told', async () => {
    const one = world();
    for (const number of [1, 1, 2, 1]) await untilTold(one, number);
    expect(one.outside).toEqual([1, 2]);
    expect(one.items.get('d')?.note).toEqual({ told: [1, 2], posted: [1, 2] });
  });

  it.each(['before', 'after'] as const)('does each step once though the function dies %s any of its calls', async (when) => {
    const calls = { at: Number.POSITIVE_INFINITY };
    const whole = world(calls);
    calls.at = 1000;
    await untilTold(whole, 1);
    const count = 1000 - calls.at;
    expect(count).toBeGreaterThan(4);
    for (let at = 1; at <= count; at += 1) {
      const one = world({ at: when === 'before' ? at : at - 0.5 });
      await untilTold(one, 1);
      expect(one.outside, `died ${when} call ${at}`).toEqual([1]);
      expect(one.items.get('d')?.note.posted).toEqual([1]);
    }
  });

  it('leaves it to the copy that is at work, and what was told meanwhile too', async () => {
    const one = world();
    const slow = one.telling(1);
    const perform: typeof slow.perform = async (step, note, since) => {
      await expect(tellInSteps(one.desk('other'), 'd', one.telling(2))).rejects.toThrow(LaterError);
      await slow.perform(step, note, since);
    };
    let first = true;
    await tellInSteps(one.desk('one'), 'd', {
      ...slow,
      perform: (step, note, since) => {
        if (!first) return slow.perform(step, note, since);
        first = false;
        return perform(step, note, since);
      },
    });
    expect(one.outside).toEqual([1, 2]);
    await tellInSteps(one.desk('other again'), 'd', one.telling(2));
    expect(one.outside).toEqual([1, 2]);
  });

  it('looks for a step of which nobody knows the end, and not for one that was refused', async () => {
    const one = world();
    const seen: (number | undefined)[] = [];
    const failing = (error: Error) => ({
      ...one.telling(1),
      perform: async (_: Post, __: Note, since: number | undefined) => {
        seen.push(since);
        throw error;
      },
    });
    await expect(tellInSteps(one.desk('a'), 'd', failing(new Error('no answer')))).rejects.toThrow('no answer');
    one.clock.now = 60_001;
    const refused = new NotDoneError('429', { cause: new LaterError(7, 'too many') });
    await expect(tellInSteps(one.desk('b'), 'd', failing(refused))).rejects.toThrow('too many');
    await expect(tellInSteps(one.desk('c'), 'd', failing(refused))).rejects.toThrow('too many');
    expect(seen).toEqual([undefined, 0, undefined]);
  });

  it('does not look for a step while its request may be on its way still, and tells what was told meanwhile', async () => {
    const one = world();
    const late: (() => void)[] = [];
    const broken: Telling<Note, Post> = {
      ...one.telling(1),
      perform: async (step) => {
        late.push(() => one.outside.push(step.number));
        throw new Error('the connection was reset');
      },
    };
    await expect(tellInSteps(one.desk('a'), 'd', broken)).rejects.toThrow('the connection was reset');
    one.clock.now = 20_000;
    const soon = tellInSteps(one.desk('b'), 'd', one.telling(2));
    await expect(soon).rejects.toMatchObject({ seconds: 41, message: expect.stringContaining('under way') });
    for (const arrive of late) arrive();
    one.clock.now = 61_000;
    await tellInSteps(one.desk('b'), 'd', one.telling(2));
    expect(one.outside).toEqual([1, 2]);
  });

  it('begins no step that it has no time for, and keeps what was told', async () => {
    const one = world();
    await expect(tellInSteps(one.desk('a', 1000), 'd', one.telling(1))).rejects.toThrow(LaterError);
    expect(one.outside).toEqual([]);
    expect(one.items.get('d')?.note).toEqual({ told: [1], posted: [] });
  });

  it('ends the same in whatever order, with whatever deaths', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([1, 1, 1, 2, 2, 2, 3, 3, 3], { minLength: 9 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 4 }),
        async (order, deaths) => {
          const one = world();
          for (const [index, number] of order.entries()) {
            one.dies.at = deaths[index] ?? Number.POSITIVE_INFINITY;
            await untilTold(one, number);
          }
          expect([...one.outside].sort()).toEqual([1, 2, 3]);
        },
      ),
      { numRuns: 100 },
    );
  });
});
