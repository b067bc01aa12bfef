import { inject, it } from 'vitest';
import { type CallFault, forcedChoices } from './choices.ts';
import { violations } from './invariants.ts';
import { readPackage } from './package.ts';
import type { Plan, Step } from './plan.ts';
import { type Outcome, simulate } from './world.ts';

/** A death after a call is one before the next call of the same run: it is tried by itself only after a run's last call. */
const BEFORE = ['crash-before', 'vanish-before'] as const;
const AFTER = ['crash-after', 'vanish-after'] as const;

/** `deploy.3` of `deploy.3.12 sqs:SendMessage` */
const runOf = (point: string): string => point.split('.', 2).join('.');

const NEVER = { delay: 0, refuse: 0, reset: 0, crash: 0, twice: 0, lateEvent: 0, lostEvent: 0, slowTarget: 0 };

/** A plan without any misfortune of its own. `healed`: seconds after which nothing is made to go wrong. */
export const calmPlan = (steps: readonly Step[], healed: number): Plan => ({
  seed: 1,
  steps,
  outages: [],
  rates: NEVER,
  skew: {},
  healed,
});

/** How each request ended, and what runs: what no crash may change. */
export const endOf = ({ seen: { told, running } }: Outcome): string => {
  const verdicts = told
    .filter(({ detail }) => detail.terminal === true)
    .map(({ type, detail }) => `${detail.asked?.requestId ?? detail.cause?.type} ${type} ${detail.reason?.code}`);
  return JSON.stringify([[...new Set(verdicts)].toSorted(), running.map(({ digest }) => digest)]);
};

/** Until a request is accepted it lives in its message only: one that is lost before is lost. */
const acceptance = (points: Outcome['points'], from: number): number =>
  points.findIndex(({ point, at }) => at >= from && /^deploy\.|^rollback\./.test(point) && point.endsWith('TransactWriteItems'));

/**
 * A test for each function: wherever it dies, between any two of its calls from `from` on (in seconds), with its message coming back or
 * lost, everything ends as without.
 */
export const survivesEveryCrash = (
  steps: readonly Step[],
  { from, until, functions }: { readonly from: number; readonly until: number; readonly functions: readonly string[] },
): void => {
  const plan = calmPlan(steps, until);
  const run = async (faults: ReadonlyMap<string, CallFault>) =>
    simulate(await readPackage(inject('packaged')), plan, forcedChoices(faults));
  it.each(functions)('ends as without, wherever %s dies', { timeout: 120_000 }, async (name) => {
    const usual = await run(new Map());
    const wanted = endOf(usual);
    const accepted = acceptance(usual.points, from);
    const problems: string[] = [];
    let runs = 0;
    for (const [index, { point, at }] of usual.points.entries()) {
      if (at < from || !point.startsWith(`${name}.`)) continue;
      const isLast = !usual.points.slice(index + 1).some((later) => runOf(later.point) === runOf(point));
      for (const kind of isLast ? [...BEFORE, ...AFTER] : BEFORE) {
        const isLost = kind.startsWith('vanish') && (index < accepted || (index === accepted && kind === 'vanish-before'));
        if (isLost) continue;
        runs += 1;
        const outcome = await run(new Map([[point, { kind }]]));
        const wrong = violations(outcome.seen);
        if (wrong.length > 0) problems.push(`${kind} ${point}: ${wrong.join('; ')}`);
        else if (endOf(outcome) !== wanted) problems.push(`${kind} ${point}: ends as ${endOf(outcome)}`);
      }
    }
    if (runs === 0) throw new Error(`${name} made no call`);
    if (problems.length > 0) throw new Error(`of ${runs} crashes:\n${problems.join('\n')}\nwanted ${wanted}`);
  });
};
