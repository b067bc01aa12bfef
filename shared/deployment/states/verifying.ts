import { watched } from '../alarms.ts';
import type { Decision } from '../decision.ts';
import { checkPause } from '../durations.ts';
import { goBack, verificationFailed } from '../going-back.ts';
import type { Checked, Moment, RolloutTold } from '../input.ts';
import { lookFailed, nothing, onlyRelease } from '../late.ts';
import type { Known, Row } from '../rule.ts';
import { step } from '../steps.ts';
import { succeed } from '../succeeding.ts';
import type { Deployment, Failure } from '../types.ts';
import {
  afterDeadline,
  alarmAnswer,
  alarmUnderWay,
  cancelUnderWay,
  deadlinePassed,
  notCompleted,
  taskStoppedLater,
} from '../under-way.ts';

const woken = (world: Known, _: unknown, moment: Moment): Decision => {
  const { deployment } = world;
  if (deadlinePassed(deployment, moment)) return afterDeadline(world, moment);
  if (deployment.nextCheckAt !== undefined && deployment.nextCheckAt > moment.now) return nothing();
  return {
    others: [],
    events: [],
    wakes: [],
    effect: { kind: 'check', health: true, observe: deployment.settings.bakeSeconds === 0 },
  };
};

const checked = (world: Known, input: Checked, moment: Moment): Decision => {
  const seen: Known = { ...world, deployment: watched(world.deployment, input.alarms) };
  const failing = alarmAnswer(seen, input.alarms, moment);
  if (failing !== undefined) return failing;
  const { health, observation } = input;
  const counted: Known =
    health === undefined
      ? seen
      : { ...seen, deployment: { ...seen.deployment, checkAttempts: seen.deployment.checkAttempts + 1 } };
  if (health?.healthy === false && !nothingToAsk(counted, observation)) return checkFailed(counted, health.detail, moment);
  if (observation === undefined) return toBaking(counted, moment);
  if (observation.phase !== 'completed') {
    return notCompleted(counted, observation, moment, (failure) => [verificationFailed(counted.deployment, failure)]);
  }
  return succeed(counted, observation.desired, moment);
};

/** With no desired tasks nobody answers, and nothing can be proven. */
const nothingToAsk = ({ deployment }: Known, observation: Checked['observation']): boolean =>
  observation?.phase === 'completed' ? observation.desired === 0 : deployment.desired === 0;

const checkFailed = (world: Known, detail: string, moment: Moment): Decision => {
  const { deployment } = world;
  const attempts = deployment.settings.health?.attempts ?? 1;
  if (deployment.checkAttempts < attempts) {
    const nextCheckAt = moment.now + checkPause(deployment.checkAttempts);
    return step({ ...deployment, nextCheckAt, wakeAt: nextCheckAt, troubles: 0 }, moment);
  }
  const failure: Failure = {
    code: 'health-check',
    message: `the health check failed ${deployment.checkAttempts} times; the last time: ${detail}`,
    evidence: true,
  };
  return goBack(world, deployment, failure, moment, { events: [verificationFailed(deployment, failure)] });
};

const toBaking = (world: Known, moment: Moment): Decision => {
  const bakeUntil = moment.now + world.deployment.settings.bakeSeconds * 1000;
  const { nextCheckAt: _, ...rest } = world.deployment;
  const baking: Deployment = { ...rest, state: 'baking', bakeUntil, wakeAt: bakeUntil, troubles: 0 };
  const message = `the checks passed; alarms are watched for ${world.deployment.settings.bakeSeconds} s`;
  return step(baking, moment, { events: [{ type: 'DeploymentProgressed', extra: { phase: 'baking', message, bakeUntil } }] });
};

/** Somebody else's rollout, or the target's own: the target is asked at the next check, which is due at once. */
const rolloutTold = (world: Known, { rollout, what }: RolloutTold, _: Moment): Decision =>
  what === 'in-progress' || rollout === world.deployment.rollout?.id
    ? nothing()
    : { others: [], events: [], wakes: [], effect: { kind: 'check', health: true, observe: true } };

/** Owes a health check and a reading of the alarms; without a bake also the last look before the verdict. */
export const verifying: Row<Known> = {
  'deploy-requested': nothing,
  'rollback-requested': nothing,
  'cancel-requested': cancelUnderWay,
  woken,
  looked: onlyRelease,
  'start-answered': onlyRelease,
  observed: nothing,
  checked,
  'restore-answered': onlyRelease,
  'alarm-changed': alarmUnderWay((world, failure) => [verificationFailed(world.deployment, failure)]),
  'task-stopped': taskStoppedLater,
  'rollout-told': rolloutTold,
  erred: lookFailed,
};
