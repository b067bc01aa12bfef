import type { Decision, World } from './decision.ts';
import { rollbackTime } from './durations.ts';
import type { Moment } from './input.ts';
import type { Failure, Revision } from './observations.ts';
import { newestVerified, quarantineOf, ranBefore, revoke } from './services.ts';
import { handOver, type Told, underLease } from './steps.ts';
import type { Deployment, Leaving, Service } from './types.ts';

/** What a deployment's own rollback leaves: its image, and its revision if one was made. */
export const ownLeaving = (deployment: Deployment): Leaving => ({
  deployment: deployment.id,
  ...(deployment.image === undefined ? {} : { digest: deployment.image.digest }),
  ...(deployment.rollout === undefined ? {} : { revision: deployment.rollout.revision.id }),
});

/** Where to: what others had put there and was adopted, else the newest verified revision, else what ran before. */
export const chooseDestination = (deployment: Deployment, service: Service, left: Leaving): Revision | undefined => {
  const before = deployment.before?.revision;
  const usable = before !== undefined && before.id !== left.revision ? before : undefined;
  if (deployment.adopted && usable !== undefined) return usable;
  return newestVerified(service, left)?.revision ?? usable;
};

/**
 * The commit that decides to go back: revokes, quarantines on evidence, chooses the destination. The call itself is owed by
 * `rollback`; if that function decides, it takes the lease at once.
 */
export const goBack = (
  world: World,
  deployment: Deployment,
  failure: Failure,
  moment: Moment,
  {
    service = world.service,
    leaving = ownLeaving(deployment),
    events = [],
    destination: named,
    lane,
    others = [],
  }: GoBackOptions = {},
): Decision => {
  const revoked = revoke(service, leaving, failure.evidence);
  const known = failure.evidence ? withOtherBefore(deployment, service, leaving) : deployment;
  const destination = named ?? chooseDestination(known, revoked, leaving);
  const going = goingBack(known, failure, leaving, destination, moment);
  const around = {
    service: revoked,
    events,
    others,
    ...(lane === undefined ? {} : { lane }),
    ...(failure.evidence && leaving.digest !== undefined
      ? { quarantine: quarantineOf(deployment, leaving.digest, failure, moment.now) }
      : {}),
  };
  if (moment.function !== 'rollback' || destination === undefined) return handOver(going, moment, around);
  return underLease(world, going, moment, { kind: 'look-back' }, around);
};

export interface GoBackOptions {
  readonly service?: Service;
  readonly leaving?: Leaving;
  readonly events?: readonly Told[];
  /** A destination that was asked for by name. */
  readonly destination?: Revision;
  readonly lane?: World['lane'];
  readonly others?: readonly Deployment[];
}

const goingBack = (
  deployment: Deployment,
  failure: Failure,
  leaving: Leaving,
  destination: Revision | undefined,
  moment: Moment,
): Deployment => {
  const { nextCheckAt: _, bakeUntil: __, destination: ___, restore: ____, waitingFor: _____, ...rest } = deployment;
  return {
    ...rest,
    state: 'rolling-back',
    failure,
    leaving,
    ...(destination === undefined ? {} : { destination }),
    deadline: moment.now + rollbackTime(deployment.settings),
    restores: 0,
    checkAttempts: 0,
    troubles: 0,
  };
};

/** The event that tells of checks that failed; not for a rollout that never got as far. */
export const verificationFailed = (deployment: Deployment, failure: Failure): Told => ({
  type: 'VerificationFailed',
  extra: { reason: { code: failure.code, message: failure.message }, checkAttempts: deployment.checkAttempts },
});

/** What ran before may be the image that the evidence speaks against, in an earlier revision: then what ran before that. */
const withOtherBefore = (deployment: Deployment, service: Service, { digest }: Leaving): Deployment => {
  let before = deployment.before?.revision;
  for (let steps = 0; before !== undefined && before.digest === digest && steps < service.history.length; steps += 1)
    before = ranBefore(service, { revision: before.id });
  if (before === undefined || before.digest === digest || before.id === deployment.before?.revision.id) return deployment;
  return { ...deployment, before: { revision: before, settled: true, desired: 1 } };
};
