import { alarmFailure } from './alarms.ts';
import type { Decision, World } from './decision.ts';
import { deployTime, rollbackTime, WAIT_LOOK } from './durations.ts';
import { goBack, ownLeaving } from './going-back.ts';
import type { Moment } from './input.ts';
import { holderActs, join, leave, position } from './lanes.ts';
import type { Reason, Revision } from './observations.ts';
import { isUnderWay, isUntouched } from './owner.ts';
import { leaseAlive, leasedByOther, withoutActive, withStretch } from './services.ts';
import { step, type Told, underLease } from './steps.ts';
import type { Deployment, Lane, Leaving, Service } from './types.ts';
import { ended, verdict, verdictDraft, wakesForLane } from './verdicts.ts';

/** A request without `force` and `reason` may not go where evidence says no. */
export const isAutomatic = ({ asked }: Pick<Deployment, 'asked'>): boolean => asked.force !== true || asked.reason === undefined;

/** When the call that may be under way cannot be any more; a lease whose time is over hurries nobody. */
const leaseEnd = (service: Service, now: number): number =>
  service.lease !== undefined && leaseAlive(service, now) ? service.lease.until : Number.POSITIVE_INFINITY;

const stay = (deployment: Deployment, waitingFor: Reason, wakeAt: number): Deployment => ({
  ...deployment,
  waitingFor,
  wakeAt: Math.min(wakeAt, deployment.waitUntil),
});

/** What keeps a lane's holder from starting; `undefined`: nothing. */
const keptBy = (service: Service, moment: Moment): Reason | undefined => {
  if (service.active !== undefined) {
    return { code: 'service-busy', message: `deployment ${service.active} of the same service has not ended yet` };
  }
  const [rollback] = service.waiting;
  if (rollback !== undefined) return { code: 'rollback-first', message: `rollback ${rollback} of the same service goes first` };
  if (leaseAlive(service, moment.now))
    return { code: 'call-under-way', message: 'an earlier call to the target may still be under way' };
  return undefined;
};

/**
 * A waiting `kind: deploy` that somebody looks at: it ends, waits on with a reason, or starts.
 * `accepted` is the event that tells of a request which has just arrived.
 */
export const placeDeploy = (
  world: World,
  deployment: Deployment,
  moment: Moment,
  accepted?: (position: number) => Told,
): Decision => {
  const refusal = refusedBeforeStart(world, deployment, moment);
  if (refusal !== undefined) return refusal;
  const lane = inLane(world.lane, deployment);
  const place = position(lane, deployment.id);
  const events = accepted === undefined ? [] : [accepted(place)];
  if (place !== 0) {
    const before = { code: 'lane-busy', message: `${place} deployment(s) of lane ${lane.name} are before it` };
    const waiting = stay(deployment, before, deployment.waitUntil);
    return step(waiting, moment, { ...changed(world.lane, lane), events: events.map((told) => waitTold(told, before)) });
  }
  const kept = keptBy(world.service, moment);
  if (kept !== undefined) {
    const waiting = stay(deployment, kept, Math.min(moment.now + WAIT_LOOK, leaseEnd(world.service, moment.now)));
    return step(waiting, moment, {
      ...changed(world.lane, holderActs(lane, waiting.id)),
      events: events.map((told) => waitTold(told, kept)),
    });
  }
  return begin(world, deployment, lane, moment, events);
};

const waitTold = (told: Told, waitingFor: Reason): Told => ({ ...told, extra: { ...told.extra, waitingFor } });

const changed = (before: Lane, after: Lane): { lane?: Lane } => (after === before ? {} : { lane: after });

/** In its place; the holder at once where nobody is before it. */
const inLane = (lane: Lane, deployment: Deployment): Lane => {
  const joined = join(lane, {
    id: deployment.id,
    service: deployment.service,
    time: deployment.cause.time,
    digest: deployment.image?.digest ?? '',
    automatic: isAutomatic(deployment),
  });
  const [first, ...waiting] = joined.waiting;
  if (joined.holder !== undefined || first?.id !== deployment.id) return joined;
  const { wakeAt: _, ...rest } = joined;
  return { ...rest, holder: first, waiting };
};

const refusedBeforeStart = (world: World, deployment: Deployment, moment: Moment): Decision | undefined => {
  const { newestStarted } = world.service;
  if (moment.now >= deployment.waitUntil) {
    const message = `it waited ${deployment.settings.waitSeconds} s without its turn coming; ask again if it is still wanted`;
    return verdict(world, deployment, 'expired', { reason: { code: 'waited-too-long', message } }, moment);
  }
  if (newestStarted !== undefined && newestStarted.id !== deployment.id && deployment.cause.time < newestStarted.time) {
    const reason = {
      code: 'newer-started',
      message: `deployment ${newestStarted.id}, which was asked for later, has started already`,
    };
    return verdict(world, deployment, 'superseded', { reason, supersededBy: newestStarted.id }, moment);
  }
  if (world.quarantine !== undefined && isAutomatic(deployment)) {
    const { deployment: by, reason: evidence } = world.quarantine;
    const message = `the image ${world.quarantine.digest} is quarantined in ${deployment.environment} since deployment ${by} (${evidence.message}); a person may ask with "force": true and a "reason"`;
    return verdict(world, deployment, 'rejected', { reason: { code: 'quarantined', message } }, moment);
  }
  return undefined;
};

/** The commit that takes the service, with the lease. */
const begin = (world: World, deployment: Deployment, lane: Lane, moment: Moment, events: readonly Told[]): Decision => {
  const { waitingFor: _, ...rest } = deployment;
  const starting: Deployment = {
    ...rest,
    state: 'starting',
    deadline: moment.now + deployTime(deployment.settings),
    troubles: 0,
  };
  const service: Service = withStretch(
    { ...world.service, active: deployment.id, newestStarted: { time: deployment.cause.time, id: deployment.id } },
    {
      at: moment.now,
      deployment: deployment.id,
      ...(deployment.image ? { digest: deployment.image.digest } : {}),
      underWay: true,
    },
  );
  return underLease(
    world,
    starting,
    moment,
    { kind: 'look' },
    { service, events, ...changed(world.lane, holderActs(lane, starting.id)) },
  );
};

const sameAs = (left: Leaving, other: Leaving): boolean =>
  (left.deployment !== undefined && left.deployment === other.deployment) ||
  (left.revision !== undefined && left.revision === other.revision) ||
  (left.deployment === undefined && left.revision === undefined && left.digest !== undefined && left.digest === other.digest);

/** A waiting `kind: rollback` that somebody looks at: it ends, waits on with a reason, or takes the service. */
export const placeRollback = (world: World, deployment: Deployment, moment: Moment): Decision => {
  if (moment.now >= deployment.waitUntil) {
    const message = `it waited ${deployment.settings.waitSeconds} s for the service; ask again if it is still wanted`;
    return verdict(world, deployment, 'rejected', { reason: { code: 'waited-too-long', message } }, moment);
  }
  const { active, service } = world;
  if (active !== undefined && isUnderWay(active)) return meetUnderWay(world, deployment, active, moment);
  if (active !== undefined) return wait(world, deployment, busyWith(active), moment.now + WAIT_LOOK, moment);
  const [first] = service.waiting;
  if (first !== undefined && first !== deployment.id) {
    return wait(
      world,
      deployment,
      { code: 'rollback-first', message: `rollback ${first} came first` },
      moment.now + WAIT_LOOK,
      moment,
    );
  }
  if (leasedByOther(service, moment)) return wait(world, deployment, CALL_UNDER_WAY, service.lease?.until ?? moment.now, moment);
  return takeService(world, deployment, moment);
};

const CALL_UNDER_WAY: Reason = { code: 'call-under-way', message: 'a call to the target is under way' };

const busyWith = (active: Deployment): Reason => ({
  code: 'service-busy',
  message: `deployment ${active.id} is ${active.state}`,
});

const wait = (world: World, deployment: Deployment, waitingFor: Reason, wakeAt: number, moment: Moment): Decision => {
  const waiting = world.service.waiting.includes(deployment.id)
    ? world.service.waiting
    : [...world.service.waiting, deployment.id];
  return step(stay(deployment, waitingFor, wakeAt), moment, { service: { ...world.service, waiting } });
};

/** A deploy is under way: the rollback means it, or what it replaces, or something that is gone already. */
const meetUnderWay = (world: World, deployment: Deployment, active: Deployment, moment: Moment): Decision => {
  const left = deployment.leaving ?? {};
  if (sameAs(left, ownLeaving(active))) {
    if (leasedByOther(world.service, moment)) {
      return wait(world, deployment, CALL_UNDER_WAY, world.service.lease?.until ?? moment.now, moment);
    }
    return takeOver(world, deployment, active, moment);
  }
  const before = active.before?.revision;
  const replaced: Leaving =
    before === undefined ? {} : { revision: before.id, ...(before.digest === undefined ? {} : { digest: before.digest }) };
  const ofWindow = world.service.window?.deployment === left.deployment && left.deployment !== undefined;
  if (before === undefined || ofWindow || sameAs(left, replaced) || left.digest === replaced.digest) {
    return wait(world, deployment, busyWith(active), moment.now + WAIT_LOOK, moment);
  }
  return alreadyLeft(world, deployment, moment);
};

export const alreadyLeft = (world: World, deployment: Deployment, moment: Moment): Decision => {
  const what = deployment.leaving?.digest ?? deployment.leaving?.revision ?? deployment.leaving?.deployment ?? 'what it names';
  const message = `${deployment.service} in ${deployment.environment} does not run ${what} any more; nothing was changed`;
  return verdict(world, deployment, 'rejected', { reason: { code: 'already-left', message } }, moment);
};

/** Somebody has named as destination what is to be left: it would be brought back onto itself, and count as left. */
export const alreadyThere = (world: World, deployment: Deployment, running: Revision, moment: Moment): Decision => {
  const { service, environment } = deployment;
  const message = `${service} in ${environment} runs ${running.id} already, which is what the rollback would leave; name another "to", or none; nothing was changed`;
  return verdict(world, deployment, 'rejected', { reason: { code: 'already-there', message } }, moment);
};

/** Ends the deploy that is under way in the commit that gives its service to the rollback. */
const takeOver = (world: World, deployment: Deployment, active: Deployment, moment: Moment): Decision => {
  const reason: Reason = { code: 'ended-by-rollback', message: `ended by rollback ${deployment.id}` };
  const end = ended(active, 'failed', { reason, changed: !isUntouched(active) }, moment.now);
  const last: Deployment = { ...end, sequence: active.sequence + 1 };
  const service: Service = {
    ...withoutActive(world.service),
    active: deployment.id,
    waiting: world.service.waiting.filter((id) => id !== deployment.id),
  };
  const taking: Deployment = {
    ...deployment,
    adopted: active.adopted,
    startAttempts: active.startAttempts,
    ...(active.before === undefined ? {} : { before: active.before }),
    ...(active.rollout === undefined ? {} : { rollout: active.rollout }),
    ...(active.image === undefined ? {} : { image: active.image }),
    baseline: active.baseline,
  };
  const failure = deployment.failure ?? alarmFailure([]);
  const lane = leave(world.lane, active.id, moment.now);
  const decision = goBack(world, taking, failure, moment, {
    service,
    leaving: ownLeaving(active),
    lane,
    others: [last],
    ...(deployment.destination === undefined ? {} : { destination: deployment.destination }),
  });
  return {
    ...decision,
    events: [...decision.events, verdictDraft(last, last.sequence, moment.now)],
    wakes: [...decision.wakes, ...wakesForLane(lane)],
  };
};

const takeService = (world: World, deployment: Deployment, moment: Moment): Decision => {
  const { waitingFor: _, ...rest } = deployment;
  const starting: Deployment = {
    ...rest,
    state: 'starting',
    deadline: moment.now + rollbackTime(deployment.settings),
    troubles: 0,
  };
  const service: Service = {
    ...world.service,
    active: deployment.id,
    waiting: world.service.waiting.filter((id) => id !== deployment.id),
  };
  return underLease(world, starting, moment, { kind: 'look' }, { service });
};
