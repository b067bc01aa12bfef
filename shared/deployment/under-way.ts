import { alarmFailure, countedAlarms, isAnothers, watched } from './alarms.ts';
import type { Decision } from './decision.ts';
import { NEXT_LOOK, WAIT_LOOK } from './durations.ts';
import { goBack, ownLeaving, verificationFailed } from './going-back.ts';
import type { AlarmChanged, CancelRequested, Moment, RolloutTold, TaskStopped } from './input.ts';
import { toldLast } from './late.ts';
import type { AlarmReading, Failure, Observation, StoppedTask } from './observations.ts';
import { isIdOf } from './parts.ts';
import { rejectWaiters } from './rejecting.ts';
import type { Known } from './rule.ts';
import { lookAgain, step, type Told } from './steps.ts';
import { tainted } from './tainting.ts';
import type { Deployment } from './types.ts';
import { verdict } from './verdicts.ts';

/** What `rolling-out`, `verifying` and `baking` answer alike. */

export const deadlinePassed = ({ deadline }: Deployment, moment: Moment): boolean =>
  deadline !== undefined && moment.now >= deadline;

export const afterDeadline = (world: Known, moment: Moment): Decision => {
  const message = `it did not come to an end in the time that was stated for it${toldLast(world.deployment)}`;
  const failure: Failure = { code: 'deadline', message, evidence: false };
  return goBack(world, world.deployment, stoppedTaskNamed(world.deployment, failure), moment);
};

/** The first stopped task is the most telling reason there is. */
export const stoppedTaskNamed = ({ stopped }: Deployment, failure: Failure): Failure => {
  if (stopped === undefined || failure.message.includes(stopped.reason)) return failure;
  const exit = stopped.exitCode === undefined ? '' : `, exit code ${stopped.exitCode}`;
  return {
    code: failure.code,
    message: `${failure.message}; the first task stopped: ${stopped.reason}${exit}`,
    evidence: failure.evidence || (stopped.evidence && failure.code !== 'deadline'),
  };
};

export const cancelUnderWay = (world: Known, input: CancelRequested, moment: Moment): Decision => {
  const failure: Failure = { code: 'cancelled', message: input.reason, evidence: false };
  const decision = goBack(world, world.deployment, failure, moment);
  return rejectWaiters(world, decision, ownLeaving(world.deployment).digest, world.deployment, moment, input.cause.time);
};

/** Counts by when it fired: before the start it is old news, before our first task it is the replaced revision's. */
export const alarmUnderWay =
  (events: (world: Known, failure: Failure) => readonly Told[] = () => []) =>
  (world: Known, { alarm, previous }: AlarmChanged, moment: Moment): Decision => {
    const { deployment, service } = world;
    if (alarm.state !== 'ALARM') return alarmIsOver(world, alarm, moment);
    if (isAnothers(deployment, service, alarm, previous)) return tainted(world, alarm, moment);
    const old = alarm.at < (deployment.baselineAt ?? 0);
    const seenOk = previous === 'OK' && !old;
    if (old || (deployment.baseline.includes(alarm.arn) && !seenOk)) return { others: [], events: [], wakes: [] };
    const failure = alarmFailure([alarm]);
    return goBack(world, deployment, failure, moment, { events: events(world, failure) });
  };

const alarmIsOver = (world: Known, alarm: AlarmChanged['alarm'], moment: Moment): Decision => {
  const watching = watched(world.deployment, [alarm]);
  return watching === world.deployment ? { others: [], events: [], wakes: [] } : step(watching, moment);
};

/** By the rollout that started it, or by what it was made of, where the target's tasks do not tell the rollout as it is known here. */
const isOurs = ({ rollout: ours }: Deployment, { rollout, revision }: TaskStopped): boolean =>
  ours !== undefined && (isIdOf(ours.id, rollout) || isIdOf(ours.revision.id, revision));

/** Tells of the first task of ours that stopped; later ones add nothing. */
export const taskStopped = (world: Known, input: TaskStopped, moment: Moment): Decision => {
  const { stopped } = input;
  const { deployment } = world;
  if (deployment.stopped !== undefined || !isOurs(deployment, input)) return { others: [], events: [], wakes: [] };
  const exit = stopped.exitCode === undefined ? '' : ` (exit code ${stopped.exitCode})`;
  const { evidence: _, ...told } = stopped;
  return step({ ...deployment, stopped }, moment, {
    events: [
      {
        type: 'DeploymentProgressed',
        extra: { phase: 'task-stopped', message: `a task stopped: ${stopped.reason}${exit}`, stopped: told },
      },
    ],
  });
};

/** Against the image: nobody but the task itself has ended it. */
export const stoppedAfterRollout = ({ reason, exitCode }: StoppedTask): Failure => {
  const exit = exitCode === undefined ? '' : ` (exit code ${exitCode})`;
  return { code: 'task-stopped', message: `a task stopped after the rollout: ${reason}${exit}`, evidence: true };
};

/** Once the rollout is over, a task that ends by itself, or fails its health check, speaks against the image. */
export const taskStoppedLater = (world: Known, input: TaskStopped, moment: Moment): Decision => {
  const { stopped } = input;
  const { deployment } = world;
  if (!isOurs(deployment, input) || !stopped.evidence) return taskStopped(world, input, moment);
  const failure = stoppedAfterRollout(stopped);
  const first = { ...deployment, stopped: deployment.stopped ?? stopped };
  return goBack(world, first, failure, moment, { events: [verificationFailed(first, failure)] });
};

/** The target runs something else: theirs. No call is made. */
export const takenOver = (
  world: Known,
  observation: Extract<Observation, { phase: 'taken-over' | 'gone' }>,
  moment: Moment,
): Decision => {
  const running = observation.phase === 'taken-over' ? { running: observation.running } : {};
  const code = observation.phase === 'gone' ? 'service-gone' : 'taken-over';
  return verdict(
    world,
    world.deployment,
    'failed',
    { reason: { code, message: observation.message }, changed: world.deployment.rollout !== undefined, ...running },
    moment,
  );
};

/** The checks have passed, and the target keeps what was there for a while: its end is told, and looked for, but not before the bake is over. */
const stillKept = (deployment: Deployment, moment: Moment): Decision => {
  const bake = (deployment.bakeUntil ?? 0) - moment.now;
  return lookAgain({ ...deployment, checksPassed: true }, moment, bake > 0 ? bake : NEXT_LOOK);
};

/** A rollout of ours tells nothing new while its checks are made; of any other, the target is asked. */
export const isNews = ({ checksPassed = false, rollout: own }: Deployment, { rollout, what }: RolloutTold): boolean =>
  what !== 'in-progress' && (checksPassed || own === undefined || !isIdOf(own.id, rollout));

/** An observation that is no success, at whatever point of the way. */
export const notCompleted = (
  world: Known,
  observation: Exclude<Observation, { phase: 'completed' }>,
  moment: Moment,
  events: (failure: Failure) => readonly Told[] = () => [],
): Decision => {
  switch (observation.phase) {
    case 'shifted':
      return deadlinePassed(world.deployment, moment) ? afterDeadline(world, moment) : stillKept(world.deployment, moment);
    case 'asked':
      return deadlinePassed(world.deployment, moment)
        ? afterDeadline(world, moment)
        : lookAgain({ ...world.deployment, checksPassed: true }, moment, observation.lookInSeconds * 1000);
    case 'in-progress':
    case 'paused':
      return deadlinePassed(world.deployment, moment)
        ? afterDeadline(world, moment)
        : lookAgain(world.deployment, moment, WAIT_LOOK);
    case 'taken-over':
    case 'gone':
      return takenOver(world, observation, moment);
    case 'failed':
    case 'undoing':
    case 'undone': {
      const failure = stoppedTaskNamed(world.deployment, observation.failure);
      return goBack(world, world.deployment, failure, moment, { events: events(failure) });
    }
  }
};

/** Alarms that count now; `undefined`: none. Another's are told apart first. */
export const alarmAnswer = (world: Known, alarms: readonly AlarmReading[], moment: Moment): Decision | undefined => {
  const counted = countedAlarms(world.deployment, alarms);
  const [old] = counted.filter((alarm) => isAnothers(world.deployment, world.service, alarm));
  if (old !== undefined) return tainted(world, old, moment);
  if (counted.length === 0) return undefined;
  const failure = alarmFailure(counted);
  return goBack(world, world.deployment, failure, moment, { events: [verificationFailed(world.deployment, failure)] });
};
