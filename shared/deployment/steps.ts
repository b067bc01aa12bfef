import type { Decision, Effect, EventDraft, World } from './decision.ts';
import type { Moment } from './input.ts';
import { leasedByOther, takeLease } from './services.ts';
import type { Deployment, Lane, Quarantine, Service } from './types.ts';

export type Told = Omit<EventDraft, 'sequence' | 'deployment' | 'at'>;

interface Around {
  readonly lane?: Lane;
  readonly service?: Service;
  readonly events?: readonly Told[];
  readonly effect?: Effect;
  readonly quarantine?: Quarantine;
  readonly lift?: string;
  readonly others?: readonly Deployment[];
  readonly wakes?: Decision['wakes'];
}

/** A step that is not the last one: events are numbered in order. */
export const step = (
  deployment: Deployment,
  moment: Moment,
  { events = [], others = [], wakes = [], ...around }: Around = {},
): Decision => {
  const after: Deployment = { ...deployment, sequence: deployment.sequence + events.length };
  return {
    ...around,
    deployment: after,
    others,
    wakes,
    events: events.map((event, index) => ({
      ...event,
      deployment: after,
      at: moment.now,
      sequence: deployment.sequence + index + 1,
    })),
  };
};

/** Nothing new but the moment of the next look. */
export const lookAgain = (deployment: Deployment, moment: Moment, milliseconds: number, around: Around = {}): Decision =>
  step({ ...deployment, troubles: 0, wakeAt: moment.now + milliseconds }, moment, around);

/**
 * Owes a call: under the lease, if nobody else holds it; else somebody looks again when that one is over.
 * `deployment` and `service` are as the step leaves them.
 */
export const underLease = (
  world: World,
  deployment: Deployment,
  moment: Moment,
  effect: Effect,
  { service = world.service, ...around }: Around = {},
): Decision => {
  if (leasedByOther(service, moment)) {
    const until = service.lease?.until ?? moment.now;
    return step({ ...deployment, wakeAt: until }, moment, { ...around, service });
  }
  const leased = takeLease(service, moment);
  return step({ ...deployment, wakeAt: moment.now + moment.leaseMilliseconds }, moment, { ...around, service: leased, effect });
};

/** Hands over to the state's owner, who looks at once. */
export const handOver = (deployment: Deployment, moment: Moment, around: Around = {}): Decision =>
  step({ ...deployment, wakeAt: moment.now }, moment, around);

/** While another may be in the middle of a call: somebody looks again when it is over. `undefined`: nobody is. */
export const afterOther = (world: World, deployment: Deployment, moment: Moment): Decision | undefined => {
  const { lease } = world.service;
  if (lease === undefined || !leasedByOther(world.service, moment)) return undefined;
  return lookAgain(deployment, moment, lease.until - moment.now);
};
