import TinyQueue from 'tinyqueue';

/**
 * The time of the local cloud. Everything in `local/` that waits, waits on a `Clock`: in `npm start` it is the machine's,
 * in tests it stands still until the test moves it.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Runs `task` once, `milliseconds` from now (at the next turn for 0 or less). The answer cancels it.
   * What `task` throws is a bug of the local cloud and ends the process (system clock) or the test (manual clock).
   */
  after(milliseconds: number, task: () => void | Promise<void>): () => void;
  /**
   * Tells the clock about work that is under way (a function's invocation, a delivery). A manual clock does not move
   * before all of it has ended, so that a test sees a finished step.
   */
  track<T>(work: Promise<T>): Promise<T>;
}

/** Longest delay that `setTimeout` takes; longer waits are chained. */
const LONGEST_TIMEOUT = 2_147_483_647;

/** The machine's own time. Timers do not keep the process alive. */
export const systemClock = (): Clock => ({
  now: () => Date.now(),
  after(milliseconds, task) {
    let timer: NodeJS.Timeout;
    const arm = (left: number) => {
      timer = setTimeout(
        () => (left > LONGEST_TIMEOUT ? arm(left - LONGEST_TIMEOUT) : void task()),
        Math.min(Math.max(left, 0), LONGEST_TIMEOUT),
      );
      timer.unref();
    };
    arm(milliseconds);
    return () => clearTimeout(timer);
  },
  track: (work) => work,
});

export interface ManualClock extends Clock {
  /** Moves the time on by `milliseconds`, running what falls due in order, each to its end, with all the work it starts. */
  advance(milliseconds: number): Promise<void>;
  /** Waits, without moving the time, until all tracked work has ended and what is due now has run. */
  settle(): Promise<void>;
  /**
   * Marks one tracked piece of work as waiting for the clock itself (a server that never answers, a delayed call), so
   * that `advance` does not wait for it. The answer takes the mark back.
   */
  park(): () => void;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly task: () => void | Promise<void>;
  cancelled: boolean;
}

/** A time that only the test moves. `start` is in milliseconds since the epoch. */
export const manualClock = (start = Date.parse('2026-01-01T00:00:00Z')): ManualClock => {
  let now = start;
  let order = 0;
  let working = 0;
  let parked = 0;
  let failure: { error: unknown } | undefined;
  const timers = new TinyQueue<Timer>([], (one, other) => one.at - other.at || one.order - other.order);

  const track = <T>(work: Promise<T>): Promise<T> => {
    working += 1;
    const done = () => {
      working -= 1;
    };
    work.then(done, done);
    return work;
  };

  /** Takes it out. */
  const nextDue = (until: number): Timer | undefined => {
    for (let first = timers.peek(); first !== undefined && first.at <= until; first = timers.peek()) {
      timers.pop();
      if (!first.cancelled) return first;
    }
    return undefined;
  };

  /** Tracked work runs on promises alone: a few turns of the event loop with nothing left to do mean that it has ended. */
  const idle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 2; ) {
      await new Promise((resolve) => setImmediate(resolve));
      quiet = working <= parked ? quiet + 1 : 0;
    }
    if (failure) {
      const { error } = failure;
      failure = undefined;
      throw error;
    }
  };

  const runUntil = async (until: number): Promise<void> => {
    await idle();
    for (let timer = nextDue(until); timer; timer = nextDue(until)) {
      now = Math.max(now, timer.at);
      const { task } = timer;
      track(
        (async () => {
          await task();
        })(),
      ).catch((error: unknown) => {
        failure ??= { error };
      });
      await idle();
    }
    now = Math.max(now, until);
  };

  return {
    now: () => now,
    after(milliseconds, task) {
      const timer: Timer = { at: now + Math.max(0, milliseconds), order: order++, task, cancelled: false };
      timers.push(timer);
      return () => {
        timer.cancelled = true;
      };
    },
    track,
    advance: (milliseconds) => runUntil(now + milliseconds),
    settle: () => runUntil(now),
    park() {
      parked += 1;
      let mark = true;
      return () => {
        if (mark) parked -= 1;
        mark = false;
      };
    },
  };
};
