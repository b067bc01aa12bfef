import { watched } from '../alarms.ts';
import { counted } from '../checking.ts';
import type { Decision } from '../decision.ts';
import { AFTER_PAUSE, FIRST_LOOK, NEXT_LOOK } from '../durations.ts';
import type { Moment, Observed, RolloutTold, Tried } from '../input.ts';
import { lookFailed, nothing, onlyRelease } from '../late.ts';
import type { Observation } from '../observations.ts';
import type { Known, Row } from '../rule.ts';
import { handOver, lookAgain, type Told } from '../steps.ts';
import type { Deployment } from '../types.ts';
import {
  afterDeadline,
  alarmAnswer,
  alarmUnderWay,
  cancelUnderWay,
  deadlinePassed,
  notCompleted,
  taskStopped,
} from '../under-way.ts';
import { rolledOut } from '../waves.ts';

/** Whoever looks after the deadline has looked for the last time: the answer is a rollback, not another look. */
const woken = (world: Known, _: unknown, moment: Moment): Decision =>
  deadlinePassed(world.deployment, moment)
    ? afterDeadline(world, moment)
    : { others: [], events: [], wakes: [], effect: { kind: 'observe' } };

/** The rollout is over: checks are owed at once. Nothing counts yet that was not asked of the target itself. */
const toVerifying = (world: Known, moment: Moment, desired?: number, moved = false, told: readonly Told[] = []): Decision => {
  const { deployment } = world;
  const { rollout } = deployment;
  if (rollout === undefined) return nothing();
  const verifying: Deployment = {
    ...deployment,
    state: 'verifying',
    ...(moved ? { rollout: { ...rollout, movedAt: moment.now } } : {}),
    nextCheckAt: moment.now,
    troubles: 0,
    ...(desired === undefined ? {} : { desired }),
  };
  const decision = handOver(verifying, moment, {
    events: [
      ...told,
      {
        type: 'DeploymentProgressed',
        extra: {
          phase: 'rolled-out',
          message: `${rolledOut(deployment, rollout.revision)} is rolled out`,
        },
      },
      { type: 'VerificationStarted', extra: { revision: rollout.revision } },
    ],
  });
  return moment.function === 'verify' ? { ...decision, effect: firstCheck(verifying) } : decision;
};

const firstCheck = ({ settings }: Deployment): Decision['effect'] & object => ({
  kind: 'check',
  health: true,
  observe: settings.bakeSeconds === 0,
});

const pauseOf = ({ lookInSeconds }: Extract<Observation, { phase: 'in-progress' | 'asked' }>): number =>
  lookInSeconds === undefined ? NEXT_LOOK : lookInSeconds * 1000;

/** The target waits for us: the checks are owed, when the pause has lasted long enough, and unless they failed a moment ago. */
const paused = (
  { deployment }: Known,
  { pause, traffic, lastsSeconds = 0 }: Extract<Observation, { phase: 'paused' }>,
  moment: Moment,
): Decision => {
  const { nextCheckAt } = deployment;
  if (lastsSeconds > 0 && deployment.pause !== pause) {
    const lasts = lastsSeconds * 1000;
    return lookAgain({ ...deployment, pause, nextCheckAt: moment.now + lasts }, moment, lasts);
  }
  if (nextCheckAt !== undefined && nextCheckAt > moment.now) return lookAgain(deployment, moment, nextCheckAt - moment.now);
  return lookAgain(deployment, moment, FIRST_LOOK, { effect: { kind: 'try', pause, traffic } });
};

/** A "no" is tried again, and then the way back; otherwise the target was told to go on, and what follows counts its attempts anew. */
const tried = (world: Known, input: Tried, moment: Moment): Decision => {
  const seen: Known = { ...world, deployment: watched(world.deployment, input.alarms) };
  const alarm = alarmAnswer(seen, input.alarms, moment);
  if (alarm !== undefined) return alarm;
  const { world: now, failing } = counted(seen, input, moment);
  if (failing !== undefined) return failing;
  const message = `the checks passed with ${input.traffic} traffic: the rollout goes on`;
  return lookAgain(afresh(now.deployment), moment, AFTER_PAUSE, {
    events: [{ type: 'DeploymentProgressed', extra: { phase: 'tried', message } }],
  });
};

const afresh = ({ nextCheckAt: _, smokeAttempts: __, ...deployment }: Deployment): Deployment => ({
  ...deployment,
  checkAttempts: 0,
});

/** What the target is about to do, or has done, is told once. */
const noted = (world: Known, observation: Observation): { readonly world: Known; readonly events: readonly Told[] } => {
  const note = 'note' in observation ? observation.note : undefined;
  if (note === undefined || note === world.deployment.note) return { world, events: [] };
  const events: readonly Told[] = [{ type: 'DeploymentProgressed', extra: { phase: 'planned', message: note.slice(0, 4000) } }];
  return { world: { ...world, deployment: { ...world.deployment, note } }, events };
};

const observed = (before: Known, { observation }: Observed, moment: Moment): Decision => {
  const { world, events } = noted(before, observation);
  if (observation.phase === 'completed' || observation.phase === 'shifted')
    return toVerifying(world, moment, observation.desired, observation.phase === 'shifted', events);
  if (observation.phase === 'paused' && !deadlinePassed(world.deployment, moment)) return paused(world, observation, moment);
  if ((observation.phase === 'in-progress' || observation.phase === 'asked') && !deadlinePassed(world.deployment, moment))
    return lookAgain(world.deployment, moment, pauseOf(observation), { events });
  return notCompleted(world, observation, moment);
};

/** "Completed" of our own rollout begins the checks; before the verdict the target is asked in any case. */
const rolloutTold = (world: Known, { rollout, what }: RolloutTold, moment: Moment): Decision => {
  if (what === 'in-progress') return nothing();
  if (rollout === world.deployment.rollout?.id && what === 'completed') return toVerifying(world, moment);
  return { others: [], events: [], wakes: [], effect: { kind: 'observe' } };
};

/** Owes an observation. */
export const rollingOut: Row<Known> = {
  'deploy-requested': nothing,
  'rollback-requested': nothing,
  'cancel-requested': cancelUnderWay,
  woken,
  looked: onlyRelease,
  'start-answered': onlyRelease,
  observed,
  checked: nothing,
  tried,
  'restore-answered': onlyRelease,
  'alarm-changed': alarmUnderWay(),
  'task-stopped': taskStopped,
  'rollout-told': rolloutTold,
  erred: lookFailed,
};
