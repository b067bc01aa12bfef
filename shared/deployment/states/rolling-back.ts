import { countedAlarms, isAnothers } from '../alarms.ts';
import type { Decision } from '../decision.ts';
import { FIRST_LOOK, MOST_RESTORES, WAIT_LOOK } from '../durations.ts';
import { chooseDestination, ownLeaving } from '../going-back.ts';
import type { Looked, Moment, RestoreAnswered, RolloutTold, StartAnswered } from '../input.ts';
import { callFailed, cancelRefused, nothing, onlyRelease, toldLast } from '../late.ts';
import type { Revision, Rollout } from '../observations.ts';
import { isUntouched } from '../owner.ts';
import type { Known, Row } from '../rule.ts';
import { leasedByOther, releaseLease, withBegun } from '../services.ts';
import { afterOther, handOver, lookAgain, step, type Told, underLease } from '../steps.ts';
import { replacedRings, tainted } from '../tainting.ts';
import type { Deployment, Service } from '../types.ts';
import { verdict } from '../verdicts.ts';

/** The verdict of a rollback that cannot be: what was wrong first, and why it stays so. */
export const failLoudly = (world: Known, code: string, why: string, moment: Moment, running?: Revision): Decision => {
  const { failure } = world.deployment;
  const message = failure === undefined ? why : `${failure.message}; and it could not be undone: ${why}`;
  return verdict(
    world,
    world.deployment,
    'failed',
    { reason: { code, message }, changed: !isUntouched(world.deployment), ...(running === undefined ? {} : { running }) },
    moment,
  );
};

export const tooLong = (world: Known, moment: Moment): Decision => {
  const why = `the rollback did not come to an end in the time that was stated for it${toldLast(world.deployment)}`;
  return failLoudly(world, 'rollback-deadline', why, moment);
};

const woken = (world: Known, _: unknown, moment: Moment): Decision => {
  const { deployment } = world;
  const other = afterOther(world, deployment, moment);
  if (other !== undefined) return other;
  if (deployment.deadline !== undefined && moment.now >= deployment.deadline) {
    return tooLong(world, moment);
  }
  if (deployment.destination !== undefined) return underLease(world, deployment, moment, { kind: 'look-back' });
  return isUntouched(deployment) ? endUntouched(world, moment) : noDestination(world, moment);
};

/** It was cancelled, or taken over, before anybody had looked: what ran before is not known, and runs on. */
const endUntouched = (world: Known, moment: Moment): Decision => {
  const { deployment } = world;
  const { failure, kind, leaving } = deployment;
  if (kind === 'deploy' && failure !== undefined) {
    const { code, message } = failure;
    return verdict(world, deployment, 'cancelled', { reason: { code, message } }, moment);
  }
  const message = `deployment ${leaving?.deployment ?? deployment.id} was ended before it had changed anything: what ran before it runs on`;
  return verdict(world, deployment, 'rejected', { reason: { code: 'not-begun', message } }, moment);
};

const noDestination = (world: Known, moment: Moment): Decision =>
  failLoudly(
    world,
    'no-destination',
    'there is no verified revision to go back to, and what ran before is not known or cannot be brought',
    moment,
  );

/**
 * The last look before the call: is the destination still one? Without the lease it was somebody else's to make. One that was made for a
 * start is late: nothing is in flight, and the way back is free.
 */
const looked = (world: Known, input: Looked, moment: Moment): Decision => {
  if (world.service.lease?.by !== moment.invocation) return nothing();
  if (moment.function !== 'rollback') return onlyRelease(world, input, moment);
  const [old] = countedAlarms(world.deployment, input.alarms).filter((alarm) =>
    isAnothers(world.deployment, world.service, alarm),
  );
  if (old !== undefined) return again(world, tainted(world, old, moment), moment);
  if (input.missing !== undefined) return unavailable(world, moment);
  return { others: [], events: [], wakes: [], effect: { kind: 'restore' } };
};

/** The destination has changed: look at the new one, still under the lease. */
const again = (world: Known, decision: Decision, moment: Moment): Decision => {
  const { deployment = world.deployment, service = world.service } = decision;
  if (deployment.destination === undefined)
    return { ...decision, deployment: { ...deployment, wakeAt: moment.now }, service: releaseLease(service, moment) };
  return { ...decision, effect: { kind: 'look-back' } };
};

/** The image of the destination is gone or archived: it is no destination any more. */
const unavailable = (world: Known, moment: Moment): Decision => {
  const gone = world.deployment.destination?.id;
  const service = { ...world.service, verified: world.service.verified.filter(({ revision }) => revision.id !== gone) };
  const { destination: _, before, ...rest } = world.deployment;
  const without: Deployment =
    before === undefined || before.revision.id === gone ? { ...rest, adopted: false } : { ...rest, before };
  const destination = chooseDestination(without, service, without.leaving ?? ownLeaving(without));
  const next: Deployment = destination === undefined ? without : { ...without, destination };
  return again(world, step(next, moment, { service }), moment);
};

const restoreAnswered = (world: Known, { answer }: RestoreAnswered, moment: Moment): Decision => {
  const { deployment } = world;
  const service = releaseLease(world.service, moment);
  switch (answer.did) {
    case 'called': {
      const called = { ...deployment, restores: deployment.restores + 1, restore: answer.rollout };
      return brings(deployment, answer.rollout)
        ? toVerifying(world, called, moment, FIRST_LOOK, 'switchyard')
        : handOver(called, moment, { service, events: firstTold(world, called, 'switchyard') });
    }
    case 'nothing': {
      const again = deployment.restore === undefined ? deployment : { ...deployment, restores: deployment.restores + 1 };
      const known = answer.rollout === undefined ? again : { ...again, restore: answer.rollout };
      return toVerifying(world, known, moment, answer.settled ? 0 : FIRST_LOOK, 'target');
    }
    case 'watch':
      return lookAgain(deployment, moment, WAIT_LOOK, { service });
    case 'taken-over':
      return failLoudly(world, 'taken-over', answer.message, moment, answer.running);
    case 'refused':
      return failLoudly(world, answer.failure.code, answer.failure.message, moment);
  }
};

/** Whether it brings the destination that there is now, if any: something may have come to speak against the one that was called for. */
const brings = ({ destination }: Deployment, { revision }: Rollout): boolean =>
  destination === undefined || destination.image === revision.image;

/** What is told when the target has begun to go back, once. */
const firstTold = (world: Known, deployment: Deployment, by: 'switchyard' | 'target'): readonly Told[] => {
  const { failure, leaving, destination, restore } = deployment;
  if (world.deployment.restore !== undefined) return [];
  return [
    {
      type: 'RollbackStarted',
      extra: {
        reason: { code: failure?.code ?? 'rollback-requested', message: failure?.message ?? 'a rollback was asked for' },
        left: leaving ?? ownLeaving(deployment),
        destination: restore?.revision ?? destination,
        by,
      },
    },
  ];
};

const toVerifying = (
  world: Known,
  deployment: Deployment,
  moment: Moment,
  milliseconds: number,
  by: 'switchyard' | 'target',
): Decision => {
  const { destination } = deployment;
  const restore: Rollout | undefined =
    deployment.restore ?? (destination === undefined ? undefined : { revision: destination, id: '', startedAt: moment.now });
  const verifying: Deployment = {
    ...deployment,
    state: 'verifying-rollback',
    ...(restore === undefined ? {} : { restore, destination: restore.revision }),
    checkAttempts: 0,
    nextCheckAt: moment.now + milliseconds,
    troubles: 0,
  };
  const service = releaseLease(renamed(world, destination, restore?.revision), moment);
  const around = { service, events: firstTold(world, verifying, by) };
  return milliseconds === 0 ? handOver(verifying, moment, around) : lookAgain(verifying, moment, milliseconds, around);
};

/**
 * An inactive revision is registered again and has another name then: it is as verified as it was. What ran before, and runs on, is
 * another one.
 */
const renamed = ({ deployment, service }: Known, from: Revision | undefined, to: Revision | undefined): Service => {
  if (from === undefined || to === undefined || from.id === to.id) return service;
  if (from.image !== to.image || to.id === deployment.before?.revision.id) return service;
  return {
    ...service,
    verified: service.verified.map((entry) => (entry.revision.id === from.id ? { ...entry, revision: to } : entry)),
  };
};

/** The start that was under way when it was decided to go back: now it is known what has to be undone. */
const startAnswered = (world: Known, { answer }: StartAnswered, moment: Moment): Decision => {
  const service = releaseLease(world.service, moment);
  if ('refused' in answer) return handOver(world.deployment, moment, { service });
  const rollout = answer.rollout;
  const leaving = { ...(world.deployment.leaving ?? ownLeaving(world.deployment)), revision: rollout.revision.id };
  const begun = withBegun(service, leaving.deployment ?? world.deployment.id, rollout.startedAt);
  return handOver({ ...world.deployment, rollout, leaving }, moment, { service: begun });
};

/** The target's own rollback may have ended: its owner looks. */
const rolloutTold = (world: Known, { what }: RolloutTold, moment: Moment): Decision =>
  what === 'in-progress' || leasedByOther(world.service, moment) ? nothing() : handOver(world.deployment, moment);

export const undoneOnceMore = (world: Known, moment: Moment): Decision | undefined =>
  world.deployment.restores < MOST_RESTORES
    ? handOver({ ...world.deployment, state: 'rolling-back', troubles: 0 }, moment)
    : undefined;

/** Owes a restore. */
export const rollingBack: Row<Known> = {
  'deploy-requested': nothing,
  'rollback-requested': nothing,
  'cancel-requested': cancelRefused(() => 'it is being rolled back already'),
  woken,
  looked,
  'start-answered': startAnswered,
  observed: nothing,
  checked: nothing,
  tried: nothing,
  'restore-answered': restoreAnswered,
  'alarm-changed': replacedRings,
  'task-stopped': nothing,
  'rollout-told': rolloutTold,
  erred: callFailed,
};
