import { watched } from '../alarms.ts';
import type { Decision } from '../decision.ts';
import { verificationFailed } from '../going-back.ts';
import type { Checked, Erred, Moment, RolloutTold } from '../input.ts';
import { lookFailed, nothing, onlyRelease, troubled } from '../late.ts';
import type { Known, Row } from '../rule.ts';
import { passed } from '../succeeding.ts';
import {
  afterDeadline,
  alarmAnswer,
  alarmUnderWay,
  cancelUnderWay,
  deadlinePassed,
  isNews,
  notCompleted,
  taskStoppedLater,
} from '../under-way.ts';

const LAST_LOOK: Decision = { others: [], events: [], wakes: [], effect: { kind: 'check', health: false, observe: true } };

const woken = (world: Known, _: unknown, moment: Moment): Decision =>
  (world.deployment.bakeUntil ?? 0) > moment.now ? nothing() : LAST_LOOK;

const checked = (world: Known, { alarms, observation }: Checked, moment: Moment): Decision => {
  const seen: Known = { ...world, deployment: watched(world.deployment, alarms) };
  const failing = alarmAnswer(seen, alarms, moment);
  if (failing !== undefined) return failing;
  if (observation === undefined) return nothing();
  if (observation.phase !== 'completed') {
    return notCompleted(seen, observation, moment, (failure) => [verificationFailed(seen.deployment, failure)]);
  }
  return (seen.deployment.bakeUntil ?? 0) > moment.now ? nothing() : passed(seen, observation.desired, moment);
};

/** Whoever looks after the deadline looks for the last time: what is well then has come in time, and what does not answer has not. */
const lastLookFailed = (world: Known, input: Erred, moment: Moment): Decision =>
  deadlinePassed(world.deployment, moment)
    ? afterDeadline({ ...world, deployment: troubled(world.deployment, input) }, moment)
    : lookFailed(world, input, moment);

const rolloutTold = ({ deployment }: Known, told: RolloutTold): Decision => (isNews(deployment, told) ? LAST_LOOK : nothing());

/** Owes, when its time is over, a last reading of the alarms and a last look at the target. */
export const baking: Row<Known> = {
  'deploy-requested': nothing,
  'rollback-requested': nothing,
  'cancel-requested': cancelUnderWay,
  woken,
  looked: onlyRelease,
  'start-answered': onlyRelease,
  observed: nothing,
  checked,
  tried: nothing,
  'restore-answered': onlyRelease,
  'alarm-changed': alarmUnderWay((world, failure) => [verificationFailed(world.deployment, failure)]),
  'task-stopped': taskStoppedLater,
  'rollout-told': rolloutTold,
  erred: lastLookFailed,
};
