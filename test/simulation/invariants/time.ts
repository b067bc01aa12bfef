import { PLACES, SHARED } from '../places.ts';
import { isRolling, type Plan } from '../plan.ts';
import { MANY } from '../rare-plan.ts';
import { deployments, type Invariant, MARGIN } from './events.ts';
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

/** A dead function's lease and its message's return, a sweep, calls that are late. */
const PATIENCE = 15 * MINUTE;

/** Without these nothing can be committed, or nobody is woken: the clocks are kept when they are back. */
const OWN = new Set(['dynamodb', 'sqs', 'events']);

const awayFor = ({ outages }: Plan): number =>
  outages.filter(({ service }) => OWN.has(service)).reduce((sum, { from, to }) => sum + (to - from) * 1000, 0);

/** Of those that are away on an ordinary day, the longest, twice: less than any wait. */
const SOON_BACK = 6 * MINUTE;

/** I1: each request starts or ends in the time for which it may wait, and what has started ends in the time that was stated for it. */
export const inTime: Invariant = ({ plan, items }) => {
  if (!isRolling(plan)) return [];
  const patience = PATIENCE + awayFor(plan);
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
