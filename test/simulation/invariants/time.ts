import { PLACES, SHARED } from '../places.ts';
import { isRolling, type Plan } from '../plan.ts';
import { MANY } from '../rare-plan.ts';
import { auditOf, deployments, type Invariant, MARGIN, reachedAt } from './events.ts';
import { stretches } from './order.ts';

const MINUTE = 60_000;

/** Of the simulated catalogue, in milliseconds. */
const WAIT = 60 * MINUTE;
const ROLLOUT = 10 * MINUTE;
const ROLLBACK = 10 * MINUTE;
const BAKE = 10_000;

/** Four health checks that time out after 20 s each, with 1, 2 and 4 s between them; after a rollback five, and 8 s more. */
const CHECKS = 87_000;
const CHECKS_BACK = 115_000;

/** Two dead functions' leases and their messages' return, a sweep, calls that are late. */
const PATIENCE = 15 * MINUTE;

/** The queues' visibility timeout: until then a dead function's message holds its group. */
const RETURNS = 6 * MINUTE;

/** Without these nothing can be committed, or nobody is woken: the clocks are kept when they are back. */
const OWN = new Set(['dynamodb', 'sqs', 'events']);

const awayFor = ({ outages }: Plan): number =>
  outages.filter(({ service }) => OWN.has(service)).reduce((sum, { from, to }) => sum + (to - from) * 1000, 0);

/** Of those that are away on an ordinary day, the longest, twice: less than any wait. */
const SOON_BACK = 6 * MINUTE;

/** I1: each request starts or ends in the time for which it may wait, and what has started ends in the time that was stated for it. */
export const inTime: Invariant = ({ plan, items, deaths }) => {
  if (!isRolling(plan)) return [];
  const patience = PATIENCE + Math.max(0, deaths - 2) * RETURNS + awayFor(plan);
  const active = new Map(stretches(items).map((stretch) => [stretch.id, stretch]));
  return deployments(items).flatMap(({ id, kind, acceptedAt, state, outcome }) => {
    const until = acceptedAt + WAIT;
    const ran = active.get(id);
    if (ran === undefined)
      return outcome?.at > until + patience ? [`I1: ${id} ended long after the time for which it was to wait`] : [];
    if (ran.from > until + MARGIN) return [`I1: ${id} began after the time for which it was to wait`];
    const back = ROLLBACK + CHECKS_BACK;
    const went = ROLLOUT + BAKE + CHECKS;
    const stated = kind === 'rollback' ? 2 * back : state === 'succeeded' ? went : went + back;
    const took = ran.to - ran.from;
    return took > stated + patience ? [`I1: ${id} took ${took} ms, and ${stated} ms were stated for it`] : [];
  });
};

/** I1: nothing ends for want of time before the time that was stated for it is over. */
export const notTooSoon: Invariant = ({ plan, items }) => {
  if (!isRolling(plan)) return [];
  const records = auditOf(items);
  return deployments(items).flatMap(({ id, acceptedAt, outcome, failure }) => {
    const [began, back] = [reachedAt(records, id, 'starting'), reachedAt(records, id, 'rolling-back')];
    const given = [
      ['waited-too-long', outcome?.reason.code, outcome?.at, acceptedAt, WAIT],
      ['deadline', failure?.code ?? outcome?.reason.code, back ?? outcome?.at, began, ROLLOUT + CHECKS],
      ['rollback-deadline', outcome?.reason.code, outcome?.at, back, ROLLBACK + CHECKS_BACK],
    ] as const;
    return given.flatMap(([code, said, at, from, stated]) =>
      said === code && at < from + stated - MARGIN
        ? [`I1: ${id} ended for ${code} after ${at - from} ms, and ${stated} ms were stated`]
        : [],
    );
  });
};

/** I7: waiting has an end when what was before has one: the longest deployment and its rollback are shorter than any wait. */
export const nobodyWaitsForNothing: Invariant = ({ plan, told }) => {
  const endless = plan.steps.filter(
    (step) => step.do === 'deploy' && step.tag === 'endless' && step.place === PLACES.indexOf(SHARED),
  );
  if (endless.length >= MANY || awayFor(plan) > SOON_BACK) return [];
  return told.flatMap(({ detail }) =>
    detail.reason?.code === 'waited-too-long' ? [`I7: ${detail.deployment} waited for nothing until it expired`] : [],
  );
};
