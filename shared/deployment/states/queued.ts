import type { Decision } from '../decision.ts';
import type { CancelRequested, Moment } from '../input.ts';
import { lookFailed, nothing, onlyRelease } from '../late.ts';
import { placeDeploy, placeRollback } from '../placing.ts';
import type { Known, Row } from '../rule.ts';
import { verdict } from '../verdicts.ts';

const woken = (world: Known, _: unknown, moment: Moment): Decision =>
  world.deployment.kind === 'deploy'
    ? placeDeploy(world, world.deployment, moment)
    : placeRollback(world, world.deployment, moment);

const cancelRequested = (world: Known, { reason }: CancelRequested, moment: Moment): Decision =>
  verdict(world, world.deployment, 'cancelled', { reason: { code: 'cancelled', message: reason } }, moment);

/** Waits for its lane (a deploy) or its service (a rollback): owes nothing but a look when that may be free. */
export const queued: Row<Known> = {
  'deploy-requested': nothing,
  'rollback-requested': nothing,
  'cancel-requested': cancelRequested,
  woken,
  looked: onlyRelease,
  'start-answered': onlyRelease,
  observed: nothing,
  checked: nothing,
  tried: nothing,
  'restore-answered': onlyRelease,
  'alarm-changed': nothing,
  'task-stopped': nothing,
  'rollout-told': nothing,
  erred: lookFailed,
};
