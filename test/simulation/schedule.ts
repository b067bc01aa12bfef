import { choicesOf } from './choices.ts';
import { violations } from './invariants.ts';
import type { Packages } from './package.ts';
import { type Plan, planOf } from './plan.ts';
import { type Outcome, simulate } from './world.ts';

/** One run, as it can be repeated, also by a later generator of plans: the whole plan, and what is left of its misfortunes. */
export interface Schedule {
  readonly plan: Plan;
  /** Points at which misfortune happens; absent: at each that the plan's seed chooses. */
  readonly points?: readonly string[];
}

export interface Judged extends Outcome {
  readonly wrong: readonly string[];
}

export const scheduleOf = (seed: number): Schedule => ({ plan: planOf(seed) });

/** Runs it, and says what is wrong afterwards. */
export const runSchedule = async (pack: Packages, { plan, points }: Schedule): Promise<Judged> => {
  const only = points === undefined ? undefined : new Set(points);
  const outcome = await simulate(pack, plan, choicesOf(plan.seed, plan.rates, only));
  return { ...outcome, wrong: violations(outcome.seen) };
};

/** `I3` */
const invariantOf = (text: string): string => text.slice(0, 2);

/** Runs that shrinking may take. */
const MOST_RUNS = 300;

/**
 * The shortest schedule found that breaks one of the same invariants: points of misfortune are left out in halves, then in ever smaller
 * parts; then steps and outages, one by one; again, until nothing more can go.
 */
export const shrink = async (pack: Packages, found: Schedule, judged: Judged): Promise<Schedule> => {
  const wanted = new Set(judged.wrong.map(invariantOf));
  let runs = 0;
  let best: Required<Schedule> = { plan: found.plan, points: [...new Set(judged.choices.chosen.map(({ point }) => point))] };
  /** Whether it can be this short, which it then is. */
  const isEnough = async (shorter: Required<Schedule>): Promise<boolean> => {
    runs += 1;
    if (runs > MOST_RUNS || shorter.plan.steps.length === 0) return false;
    if (!(await runSchedule(pack, shorter)).wrong.some((text) => wanted.has(invariantOf(text)))) return false;
    best = shorter;
    return true;
  };
  const shorten = async <T>(
    size: number,
    all: () => readonly T[],
    keep: (rest: readonly T[]) => Required<Schedule>,
  ): Promise<boolean> => {
    const before = all().length;
    for (let at = 0; at < all().length; ) {
      const rest = all().filter((_, index) => index < at || index >= at + size);
      if (!(await isEnough(keep(rest)))) at += size;
    }
    return all().length < before;
  };
  for (let again = true; again && runs < MOST_RUNS; ) {
    again = false;
    for (let size = Math.ceil(best.points.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
      again =
        (await shorten(
          size,
          () => best.points,
          (points) => ({ ...best, points }),
        )) || again;
    again =
      (await shorten(
        1,
        () => best.plan.steps,
        (steps) => ({ ...best, plan: { ...best.plan, steps } }),
      )) || again;
    again =
      (await shorten(
        1,
        () => best.plan.outages,
        (outages) => ({ ...best, plan: { ...best.plan, outages } }),
      )) || again;
  }
  return best;
};
