import { watched } from '../alarms.ts';
import type { Decision } from '../decision.ts';
import { FIRST_LOOK } from '../durations.ts';
import { goBack } from '../going-back.ts';
import type { Looked, Moment, StartAnswered } from '../input.ts';
import { callFailed, nothing } from '../late.ts';
import type { Known, Row } from '../rule.ts';
import { releaseLease } from '../services.ts';
import { afterOther, lookAgain, underLease } from '../steps.ts';
import type { Deployment } from '../types.ts';
import { afterDeadline, alarmAnswer, alarmUnderWay, cancelUnderWay, deadlinePassed, taskStoppedLater } from '../under-way.ts';

/** What the next sites run may have changed since the first look, and is what they go back to. */
const woken = (world: Known, _: unknown, moment: Moment): Decision => {
  const { deployment } = world;
  const other = afterOther(world, deployment, moment);
  if (other !== undefined) return other;
  if (deadlinePassed(deployment, moment)) return afterDeadline(world, moment);
  return deployment.startAttempts === 0
    ? underLease(world, deployment, moment, { kind: 'look' })
    : underLease(world, begun(deployment), moment, { kind: 'start' });
};

const begun = (deployment: Deployment): Deployment => ({ ...deployment, startAttempts: deployment.startAttempts + 1 });

/** A "no" here is the way back for the sites that have the new revision. */
const looked = (world: Known, { current, missing, alarms }: Looked, moment: Moment): Decision => {
  if (current === undefined || world.deployment.startAttempts > 0) return nothing();
  if ('refused' in current) return goBack(world, world.deployment, current.refused, moment);
  if (missing !== undefined) return goBack(world, world.deployment, { ...missing, evidence: false }, moment);
  const seen: Known = { ...world, deployment: { ...watched(world.deployment, alarms), before: current.current } };
  const { deployment } = seen;
  return alarmAnswer(seen, alarms, moment) ?? underLease(seen, { ...begun(deployment), troubles: 0 }, moment, { kind: 'start' });
};

const startAnswered = (world: Known, { answer }: StartAnswered, moment: Moment): Decision => {
  const { deployment } = world;
  if ('refused' in answer) return goBack(world, deployment, answer.refused, moment);
  const { rollout, desired, lookInSeconds } = answer;
  const rolling: Deployment = { ...deployment, state: 'rolling-out', rollout, desired };
  return lookAgain(rolling, moment, lookInSeconds === undefined ? FIRST_LOOK : lookInSeconds * 1000, {
    service: releaseLease(world.service, moment),
  });
};

/** Sites have the new revision, and the next are to have it: owes a look and then a call to their targets, both under the lease. */
export const widening: Row<Known> = {
  'deploy-requested': nothing,
  'rollback-requested': nothing,
  'cancel-requested': cancelUnderWay,
  woken,
  looked,
  'start-answered': startAnswered,
  observed: nothing,
  checked: nothing,
  tried: nothing,
  'restore-answered': nothing,
  'alarm-changed': alarmUnderWay(),
  'task-stopped': taskStoppedLater,
  'rollout-told': nothing,
  erred: callFailed,
};
