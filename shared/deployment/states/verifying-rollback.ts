import { alarmNames, countedAlarms } from '../alarms.ts';
import type { Decision } from '../decision.ts';
import { checkPause, ROLLBACK_CHECK_ATTEMPTS, WAIT_LOOK } from '../durations.ts';
import type { Checked, Moment, RolloutTold } from '../input.ts';
import { cancelRefused, lookFailed, nothing, onlyRelease } from '../late.ts';
import type { Instant, Observation, Revision } from '../observations.ts';
import { isUntouched } from '../owner.ts';
import type { Known, Row } from '../rule.ts';
import { afterOther, step } from '../steps.ts';
import type { Deployment, Service } from '../types.ts';
import { verdict } from '../verdicts.ts';
import { failLoudly, tooLong, undoneOnceMore } from './rolling-back.ts';

const LOOK: Decision = { others: [], events: [], wakes: [], effect: { kind: 'check', health: true, observe: true } };

const woken = (world: Known, _: unknown, moment: Moment): Decision => {
  const { deployment } = world;
  if (deployment.deadline === undefined || moment.now < deployment.deadline) {
    return (deployment.nextCheckAt ?? 0) > moment.now ? nothing() : LOOK;
  }
  return afterOther(world, deployment, moment) ?? tooLong(world, moment);
};

const checked = (world: Known, input: Checked, moment: Moment): Decision => {
  const { observation } = input;
  if (observation === undefined) return nothing();
  return observation.phase === 'completed'
    ? settled(world, input, observation.desired, moment)
    : unsettled(world, observation, moment);
};

const unsettled = (world: Known, observation: Exclude<Observation, { phase: 'completed' }>, moment: Moment): Decision => {
  switch (observation.phase) {
    case 'in-progress':
    case 'paused':
    case 'shifted':
    case 'undoing':
      return later(world.deployment, WAIT_LOOK, moment);
    case 'asked':
      return later(world.deployment, observation.lookInSeconds * 1000, moment);
    case 'taken-over':
      return failLoudly(world, 'taken-over', observation.message, moment, observation.running);
    case 'gone':
      return failLoudly(world, 'service-gone', observation.message, moment);
    case 'failed':
    case 'undone':
      return (
        undoneOnceMore(world, moment) ??
        failLoudly(
          world,
          'restore-undone',
          `${observation.failure.message}; ${observation.running.id} runs`,
          moment,
          observation.running,
        )
      );
  }
};

const later = (deployment: Deployment, milliseconds: number, moment: Moment): Decision => {
  const nextCheckAt = moment.now + milliseconds;
  return step({ ...deployment, nextCheckAt, wakeAt: nextCheckAt, troubles: 0 }, moment);
};

/** The destination runs: is it well, and is its own alarm quiet? */
const settled = (world: Known, { health, alarms }: Checked, desired: number, moment: Moment): Decision => {
  const counted: Known =
    health === undefined || desired === 0
      ? world
      : { ...world, deployment: { ...world.deployment, checkAttempts: world.deployment.checkAttempts + 1 } };
  const { deployment } = counted;
  const running = deployment.destination;
  if (health?.healthy === false && desired > 0) {
    if (deployment.checkAttempts < ROLLBACK_CHECK_ATTEMPTS)
      return later(deployment, checkPause(deployment.checkAttempts), moment);
    const why = `what it went back to fails its health check too (${deployment.checkAttempts} attempts): ${health.detail}`;
    return failLoudly(counted, 'destination-unhealthy', why, moment, running);
  }
  const own = countedAlarms(deployment, alarms).filter(({ at }) => at > backSince(deployment, moment));
  if (own.length > 0)
    return failLoudly(
      counted,
      'destination-alarm',
      `the alarm of what it went back to is firing: ${alarmNames(own)}`,
      moment,
      running,
    );
  return rolledBack(counted, running, desired, moment);
};

/** What rings later is of what it went back to; what has rung by then is of what was left, for as long as it rings. */
const backSince = ({ restore }: Deployment, moment: Moment): Instant => restore?.startedAt ?? moment.now;

/** What was gone back to has the rest of its window, unless it was never replaced. */
const watchedAgain = ({ service, deployment }: Known, running: Revision | undefined, moment: Moment): Service => {
  const { window } = service;
  if (window === undefined || window.revision.id !== running?.id || isUntouched(deployment)) return service;
  return { ...service, window: { ...window, opensAt: backSince(deployment, moment) + 1 } };
};

const rolledBack = (world: Known, running: Revision | undefined, desired: number, moment: Moment): Decision => {
  const { deployment } = world;
  const verifiedAs = world.service.verified.find(({ revision }) => revision.id === running?.id);
  const { code, message } = deployment.failure ?? { code: 'rollback-requested', message: 'a rollback was asked for' };
  return verdict(
    world,
    deployment,
    'rolled-back',
    {
      reason: { code, message },
      changed: true,
      verified: verifiedAs !== undefined && desired > 0,
      ...(running === undefined ? {} : { running }),
    },
    moment,
    { service: watchedAgain(world, running, moment) },
  );
};

const rolloutTold = (world: Known, { rollout, what }: RolloutTold): Decision =>
  what === 'in-progress' && rollout === world.deployment.restore?.id ? nothing() : LOOK;

/** Owes a look at the target, a health check, and a reading of the alarms. */
export const verifyingRollback: Row<Known> = {
  'deploy-requested': nothing,
  'rollback-requested': nothing,
  'cancel-requested': cancelRefused(() => 'it is being rolled back already'),
  woken,
  looked: onlyRelease,
  'start-answered': onlyRelease,
  observed: nothing,
  checked,
  tried: nothing,
  'restore-answered': onlyRelease,
  'alarm-changed': nothing,
  'task-stopped': nothing,
  'rollout-told': rolloutTold,
  erred: lookFailed,
};
