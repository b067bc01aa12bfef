import { alarmNames, isOfReplaced } from '../alarms.ts';
import type { Decision, Effect } from '../decision.ts';
import { FIRST_LOOK } from '../durations.ts';
import { goBack, ownLeaving } from '../going-back.ts';
import type { CancelRequested, Looked, Moment, StartAnswered } from '../input.ts';
import { callFailed, cancelRefused, nothing, toldLast } from '../late.ts';
import type { AlarmReading, Current, Failure } from '../observations.ts';
import { alreadyLeft, alreadyThere } from '../placing.ts';
import { rejectWaiters } from '../rejecting.ts';
import type { Known, Row } from '../rule.ts';
import { beforeLeft, releaseLease, withBegun } from '../services.ts';
import { afterOther, lookAgain, underLease } from '../steps.ts';
import { heldAgainstReplaced, replacedRings } from '../tainting.ts';
import type { Deployment } from '../types.ts';
import { type Ending, verdict } from '../verdicts.ts';

/** What is owed: a look first, since what ran before must be saved before anything is changed. */
const owed = (deployment: Deployment): Effect =>
  deployment.kind === 'rollback' || deployment.baselineAt === undefined ? { kind: 'look' } : { kind: 'start' };

const attempt = (deployment: Deployment, effect: Effect): Deployment =>
  effect.kind === 'start' ? { ...deployment, startAttempts: deployment.startAttempts + 1 } : deployment;

const woken = (world: Known, _: unknown, moment: Moment): Decision => {
  const { deployment } = world;
  const other = afterOther(world, deployment, moment);
  if (other !== undefined) return other;
  if (deployment.deadline !== undefined && moment.now >= deployment.deadline) return tooLate(world, moment);
  const effect = owed(deployment);
  return underLease(world, attempt(deployment, effect), moment, effect);
};

/** Nothing was changed if no start was ever begun; else it may have been, and is undone. */
const tooLate = (world: Known, moment: Moment): Decision => {
  const failure: Failure = {
    code: 'deadline',
    message: `the deployment did not start in the time that was stated for it${toldLast(world.deployment)}`,
    evidence: false,
  };
  if (world.deployment.startAttempts > 0) return goBack(world, world.deployment, failure, moment);
  return unchanged(world, failure, moment);
};

/** Ends without having touched the target. */
const unchanged = (world: Known, reason: Ending['reason'], moment: Moment, state: 'failed' | 'rejected' = 'failed'): Decision => {
  const { before } = world.deployment;
  const { code, message } = reason;
  return verdict(
    world,
    world.deployment,
    state,
    { reason: { code, message }, ...(before ? { running: before.revision } : {}) },
    moment,
  );
};

const looked = (world: Known, input: Looked, moment: Moment): Decision => {
  if (input.current === undefined) return nothing();
  if ('refused' in input.current) return unchanged(world, input.current.refused, moment);
  const { current } = input.current;
  return world.deployment.kind === 'deploy'
    ? lookedBeforeDeploy(world, input, current, moment)
    : lookedBeforeRollback(world, current, moment);
};

const firing = (alarms: readonly AlarmReading[]) => alarms.filter(({ state }) => state === 'ALARM');

const lookedBeforeDeploy = (world: Known, input: Looked, current: Current, moment: Moment): Decision => {
  const seen = { ...world, deployment: { ...world.deployment, before: current, desired: current.desired } };
  const absent = input.alarms.filter(({ state }) => state === 'MISSING');
  if (input.missing !== undefined) return unchanged(seen, input.missing, moment);
  if (absent.length > 0) {
    const message = `the catalogue names alarms that do not exist: ${alarmNames(absent)}; create them, or take them out of the catalogue`;
    return unchanged(seen, { code: 'alarm-missing', message }, moment, 'rejected');
  }
  if (world.deployment.settings.requireOk && firing(input.alarms).length > 0) {
    const message = `"requireOk" is set and these alarms are firing already: ${alarmNames(firing(input.alarms))}`;
    return unchanged(seen, { code: 'alarm-firing', message }, moment, 'rejected');
  }
  return runsAlready(seen, input, current) ? succeedUnchanged(seen, current, moment) : goAhead(seen, input, current, moment);
};

const isImageOf = ({ image }: Deployment, digest: string | undefined): boolean =>
  image !== undefined && digest !== undefined && (image.digest === digest || image.platforms.includes(digest));

const isVerified = (world: Known, current: Current): boolean =>
  world.service.verified.some(({ revision }) => revision.id === current.revision.id);

/** Running, settled, verified, and well now: nothing to do, unless it is forced. */
const runsAlready = (world: Known, input: Looked, current: Current): boolean =>
  isImageOf(world.deployment, current.revision.digest) &&
  current.settled &&
  current.desired > 0 &&
  isVerified(world, current) &&
  world.deployment.asked.force !== true &&
  (input.health?.healthy ?? true) &&
  firing(input.alarms).length === 0;

const succeedUnchanged = (world: Known, current: Current, moment: Moment): Decision => {
  const message = 'this image runs there already, verified, and looked at now';
  return verdict(
    world,
    world.deployment,
    'succeeded',
    { reason: { code: 'runs-already', message }, verified: true, running: current.revision },
    moment,
  );
};

/** Saves what ran before, and whose alarm rings if nobody has told of it, then owes the call. */
const goAhead = (world: Known, input: Looked, current: Current, moment: Moment): Decision => {
  const isTheirs = !isVerified(world, current) && current.revision.id !== world.deployment.blamed;
  const adopted = current.settled && current.desired > 0 && isTheirs && input.health?.healthy === true;
  const ready: Deployment = {
    ...world.deployment,
    adopted,
    baseline: firing(input.alarms).map(({ arn }) => arn),
    baselineAt: moment.now,
    troubles: 0,
  };
  const { window } = world.service;
  const old = input.alarms.find((alarm) => alarm.state === 'ALARM' && isOfReplaced(ready, world.service, alarm));
  const held = old === undefined || window === undefined ? {} : heldAgainstReplaced(world.service, window, old, moment);
  return underLease(world, attempt(ready, { kind: 'start' }), moment, { kind: 'start' }, held);
};

const lookedBeforeRollback = (world: Known, current: Current, moment: Moment): Decision => {
  const { deployment } = world;
  const left = deployment.leaving ?? {};
  const runs = left.revision === undefined ? isSameDigest(left.digest, current) : current.revision.id === left.revision;
  if (!runs) return alreadyLeft(world, { ...deployment, before: current }, moment);
  if (deployment.destination?.id === current.revision.id)
    return alreadyThere(world, { ...deployment, before: current }, current.revision, moment);
  const rollout = { revision: current.revision, id: '', startedAt: moment.now };
  // When it was asked for, what it leaves may have been about to start, over something that nobody had looked at yet.
  const before = deployment.before ?? beforeLeft(world.service, left);
  const known: Deployment = {
    ...deployment,
    rollout,
    baselineAt: moment.now,
    desired: current.desired,
    ...(before === undefined ? {} : { before }),
  };
  const leaving = {
    ...left,
    revision: current.revision.id,
    ...(current.revision.digest ? { digest: current.revision.digest } : {}),
  };
  const failure = deployment.failure ?? { code: 'rollback-requested', message: 'a rollback was asked for', evidence: false };
  return goBack(world, known, failure, moment, {
    leaving,
    ...(deployment.destination === undefined ? {} : { destination: deployment.destination }),
  });
};

const isSameDigest = (digest: string | undefined, current: Current): boolean =>
  digest !== undefined && current.revision.digest === digest;

const startAnswered = (world: Known, { answer }: StartAnswered, moment: Moment): Decision => {
  const { deployment } = world;
  if (deployment.kind === 'rollback') return nothing();
  if ('refused' in answer)
    return answer.begun ? goBack(world, deployment, answer.refused, moment) : unchanged(world, answer.refused, moment);
  const rolling: Deployment = {
    ...deployment,
    state: 'rolling-out',
    rollout: answer.rollout,
    desired: answer.desired,
    troubles: 0,
  };
  const first = answer.lookInSeconds === undefined ? FIRST_LOOK : answer.lookInSeconds * 1000;
  return lookAgain(rolling, moment, first, {
    service: withBegun(releaseLease(world.service, moment), deployment.id, answer.rollout.startedAt),
    events: [
      {
        type: 'DeploymentStarted',
        extra: {
          revision: answer.rollout.revision,
          ...(deployment.before === undefined ? {} : { before: deployment.before.revision }),
          deadline: deployment.deadline,
        },
      },
    ],
  });
};

const cancelRequested = (world: Known, input: CancelRequested, moment: Moment): Decision => {
  if (world.deployment.kind === 'rollback')
    return cancelRefused(() => 'a rollback under way is not cancelled')(world, input, moment);
  const failure: Failure = { code: 'cancelled', message: input.reason, evidence: false };
  const decision = goBack(world, world.deployment, failure, moment);
  return rejectWaiters(world, decision, ownLeaving(world.deployment).digest, world.deployment, moment, input.cause.time);
};

/** Owes a look and then a call to the target, both under the lease. */
export const starting: Row<Known> = {
  'deploy-requested': nothing,
  'rollback-requested': nothing,
  'cancel-requested': cancelRequested,
  woken,
  looked,
  'start-answered': startAnswered,
  observed: nothing,
  checked: nothing,
  tried: nothing,
  'restore-answered': nothing,
  'alarm-changed': replacedRings,
  'task-stopped': nothing,
  'rollout-told': nothing,
  erred: callFailed,
};
