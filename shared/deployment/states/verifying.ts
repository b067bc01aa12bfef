import { watched } from '../alarms.ts';
import { counted } from '../checking.ts';
import type { Decision } from '../decision.ts';
import { verificationFailed } from '../going-back.ts';
import type { Checked, Moment, RolloutTold } from '../input.ts';
import { lookFailed, nothing, onlyRelease } from '../late.ts';
import type { Known, Row } from '../rule.ts';
import { step } from '../steps.ts';
import { passed } from '../succeeding.ts';
import type { Deployment } from '../types.ts';
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

const woken = (world: Known, _: unknown, moment: Moment): Decision => {
  const { deployment } = world;
  if (deadlinePassed(deployment, moment)) return afterDeadline(world, moment);
  if (deployment.nextCheckAt !== undefined && deployment.nextCheckAt > moment.now) return nothing();
  return {
    others: [],
    events: [],
    wakes: [],
    effect: { kind: 'check', health: deployment.checksPassed !== true, observe: deployment.settings.bakeSeconds === 0 },
  };
};

const checked = (world: Known, input: Checked, moment: Moment): Decision => {
  const seen: Known = { ...world, deployment: watched(world.deployment, input.alarms) };
  const failing = alarmAnswer(seen, input.alarms, moment);
  if (failing !== undefined) return failing;
  const { observation } = input;
  const { world: now, failing: no } = counted(seen, input, moment);
  if (no !== undefined && !nothingToAsk(now, observation) && !isOthers(observation)) return no;
  if (observation === undefined) return toBaking(now, moment);
  if (observation.phase !== 'completed') {
    return notCompleted(now, observation, moment, (failure) => [verificationFailed(now.deployment, failure)]);
  }
  return passed(now, observation.desired, moment);
};

/** With no desired tasks nobody answers, and nothing can be proven. */
const nothingToAsk = ({ deployment }: Known, observation: Checked['observation']): boolean =>
  observation?.phase === 'completed' ? observation.desired === 0 : deployment.desired === 0;

/** What answers badly is not ours. */
const isOthers = (observation: Checked['observation']): boolean =>
  observation?.phase === 'taken-over' || observation?.phase === 'gone';

const toBaking = (world: Known, moment: Moment): Decision => {
  const bakeUntil = moment.now + world.deployment.settings.bakeSeconds * 1000;
  const { nextCheckAt: _, ...rest } = world.deployment;
  const baking: Deployment = { ...rest, state: 'baking', bakeUntil, wakeAt: bakeUntil, troubles: 0 };
  const message = `the checks passed; alarms are watched for ${world.deployment.settings.bakeSeconds} s`;
  return step(baking, moment, { events: [{ type: 'DeploymentProgressed', extra: { phase: 'baking', message, bakeUntil } }] });
};

/** Somebody else's rollout, or the target's own: the target is asked at the next check, which is due at once. So it is where its end is waited for. */
const rolloutTold = ({ deployment }: Known, told: RolloutTold): Decision =>
  isNews(deployment, told)
    ? { others: [], events: [], wakes: [], effect: { kind: 'check', health: deployment.checksPassed !== true, observe: true } }
    : nothing();

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
  tried: nothing,
  'restore-answered': onlyRelease,
  'alarm-changed': alarmUnderWay((world, failure) => [verificationFailed(world.deployment, failure)]),
  'task-stopped': taskStoppedLater,
  'rollout-told': rolloutTold,
  erred: lookFailed,
};
