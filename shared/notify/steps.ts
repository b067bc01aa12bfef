import { LaterError } from '../errors.ts';
import type { Invocation } from '../handler.ts';
import type { Kept, Notes } from '../store/notes.ts';

/** What keeps two copies of a notifier from doing the same at once, and tells one that comes later what was begun. */
export interface Held {
  /** Milliseconds since the epoch; absent: nobody is at it. */
  readonly lease?: { readonly by: string; readonly until: number };
  /** The step that was begun, and since when; if its end was not kept, nobody knows whether it was done. */
  readonly begun?: { readonly key: string; readonly at: number };
}

/** One call to the outside that is owed. `key` tells it apart from the others of the same note. */
export interface Step {
  readonly key: string;
}

/** How a notifier tells one thing, in steps that are each done once. The first three are pure. */
export interface Telling<Note extends Held, S extends Step, Answer = unknown> {
  /** Takes in what there is to tell: the same again, and in whatever order, comes to the same. */
  tell(note: Note | undefined): Note;
  /** What is owed next; `undefined`: nothing. */
  next(note: Note): S | undefined;
  /** Takes in what came of the step, whatever has been told meanwhile. */
  done(note: Note, step: S, answer: Answer): Note;
  /**
   * Does it. `since`: it was begun at that time and may have been done; it has to be looked for before it is done again. Throws
   * `NotDoneError` where it is certain that nothing was done.
   */
  perform(step: S, note: Note, since: number | undefined): Promise<Answer>;
}

/** It was refused, or never sent: whoever tries again need not look for it. `cause` is what goes on from there. */
export class NotDoneError extends Error {
  override readonly name = 'NotDoneError';
}

export interface Desk<Note extends Held> {
  readonly notes: Notes<Note>;
  readonly now: () => number;
  readonly timeLeft: Invocation['timeLeft'];
  /** Who holds a lease: one message of one invocation. */
  readonly by: string;
  readonly leaseMilliseconds: number;
  /** How long a request may be on its way after its connection broke, and be carried out still. */
  readonly inFlightMilliseconds: number;
}

/** A step begins only with this much of the function's time left, in milliseconds: its call ends by itself before that. */
const STEP_MILLISECONDS = 15_000;

const free = <Note extends Held>({ lease: _, begun: __, ...note }: Note): Note => note as Note;

const unleased = <Note extends Held>({ lease: _, ...note }: Note): Note => note as Note;

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whoever is at it finds what was written down, and tells it too; only if it dies somebody has to come back. */
const busy = (id: string, milliseconds: number): LaterError =>
  new LaterError(Math.ceil(milliseconds / 1000) + 1, `a request that tells what has become of ${id} may be under way still`);

/**
 * Tells one thing: takes it in, and does what is owed, one step after the other, each begun only after that was written down and kept
 * when it is done. A function may die between any two lines of this: who comes next goes on from what is kept.
 */
export const tellInSteps = async <Note extends Held, S extends Step, Answer>(
  desk: Desk<Note>,
  id: string,
  telling: Telling<Note, S, Answer>,
): Promise<void> => {
  const { notes, now, by, timeLeft, leaseMilliseconds } = desk;
  let known: Kept<Note> | undefined;
  for (;;) {
    const { note: kept, version } = known ?? (await notes.read(id));
    known = undefined;
    const note = telling.tell(kept);
    const { lease: other } = note;
    if (other !== undefined && other.by !== by && other.until > now()) {
      if (!isSame(note, kept) && !(await notes.write(id, note, version))) continue;
      throw busy(id, other.until - now());
    }
    const step = telling.next(note);
    if (step === undefined) {
      if (isSame(free(note), kept) || (await notes.write(id, free(note), version))) return;
      continue;
    }
    if (timeLeft() < STEP_MILLISECONDS) {
      if (!isSame(unleased(note), kept) && !(await notes.write(id, unleased(note), version))) continue;
      throw new LaterError(0, 'the function has no time left for the next step');
    }
    const since = note.begun?.key === step.key ? note.begun.at : undefined;
    const lease = { by, until: now() + leaseMilliseconds };
    const claimed = { ...note, lease, begun: { key: step.key, at: since ?? now() } };
    if (await notes.write(id, claimed, version))
      known = await take(desk, id, telling, step, { note: claimed, version: version + 1, since });
  }
};

/** Does one step under the lease, and keeps what came of it: whatever others have written meanwhile. */
const take = async <Note extends Held, S extends Step, Answer>(
  desk: Desk<Note>,
  id: string,
  telling: Telling<Note, S, Answer>,
  step: S,
  { note, version, since }: { readonly note: Note; readonly version: number; readonly since: number | undefined },
): Promise<Kept<Note>> => {
  const claimed = { note, version };
  let answer: Answer;
  try {
    answer = await telling.perform(step, note, since);
  } catch (error) {
    const undone = error instanceof NotDoneError;
    // without an answer it may arrive yet: to look for it before that would be to do it twice
    const until = desk.now() + desk.inFlightMilliseconds;
    await keep(desk, id, claimed, (now) => (undone ? free(now) : { ...now, lease: { by: desk.by, until } }));
    throw undone ? error.cause : error;
  }
  return keep(desk, id, claimed, (now) => ({ ...free(telling.done(now, step, answer)), lease: now.lease }));
};

/** Answers what is kept now. `known`: what was, unless somebody has written since. */
const keep = async <Note extends Held>(
  { notes, by }: Desk<Note>,
  id: string,
  known: Kept<Note>,
  change: (note: Note) => Note,
): Promise<Kept<Note>> => {
  for (let kept = known; ; kept = await notes.read(id)) {
    const { note, version } = kept;
    if (note === undefined || note.lease?.by !== by) throw new Error(`the lease on what has become of ${id} was lost`);
    const changed = change(note);
    if (await notes.write(id, changed, version)) return { note: changed, version: version + 1 };
  }
};
