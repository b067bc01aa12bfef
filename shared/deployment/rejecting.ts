import type { Decision, World } from './decision.ts';
import type { Moment } from './input.ts';
import { leave } from './lanes.ts';
import { isAutomatic } from './placing.ts';
import type { Deployment } from './types.ts';
import { ended, verdictDraft, wakesForLane } from './verdicts.ts';

/** Each takes three writes of the one transaction. */
const MOST = 25;

/**
 * A person's rollback or cancel also speaks for older automatic requests of the same image that still wait, be it as the lane's holder.
 */
export const rejectWaiters = (
  world: World,
  decision: Decision,
  digest: string | undefined,
  by: Deployment,
  moment: Moment,
  askedAt = by.cause.time,
): Decision => {
  const refused = world.waiters.filter(
    (waiter) =>
      digest !== undefined &&
      waiter.id !== by.id &&
      waiter.state === 'queued' &&
      waiter.kind === 'deploy' &&
      waiter.image?.digest === digest &&
      isAutomatic(waiter) &&
      waiter.cause.time <= askedAt,
  );
  const rejected = refused.slice(0, MOST).reduce((sofar, waiter) => reject(world, sofar, waiter, by, moment), decision);
  const { lane } = rejected;
  const isHandedOn = lane !== undefined && lane.holder?.id !== (decision.lane ?? world.lane).holder?.id;
  return isHandedOn ? { ...rejected, wakes: [...rejected.wakes, ...wakesForLane(lane)] } : rejected;
};

const reject = (world: World, decision: Decision, waiter: Deployment, by: Deployment, moment: Moment): Decision => {
  const message = `${by.id} left the image ${waiter.image?.digest ?? ''} after this was asked for; a person may ask again with "force": true and a "reason"`;
  const end = ended(waiter, 'rejected', { reason: { code: 'left-by-person', message } }, moment.now);
  const last: Deployment = { ...end, sequence: waiter.sequence + 1 };
  return {
    ...decision,
    lane: leave(decision.lane ?? world.lane, waiter.id, moment.now),
    others: [...decision.others, last],
    events: [...decision.events, verdictDraft(last, last.sequence, moment.now)],
  };
};
