import { cancelRefused, nothing, onlyRelease } from '../late.ts';
import type { Known, Row } from '../rule.ts';

/** After the verdict nothing happens any more; whoever wants to cancel is told so. */
export const terminal: Row<Known> = {
  'deploy-requested': nothing,
  'rollback-requested': nothing,
  'cancel-requested': cancelRefused(({ deployment }) => `it has ended already: ${deployment.state}`),
  woken: nothing,
  looked: onlyRelease,
  'start-answered': onlyRelease,
  observed: nothing,
  checked: nothing,
  'restore-answered': onlyRelease,
  'alarm-changed': nothing,
  'task-stopped': nothing,
  'rollout-told': nothing,
  erred: onlyRelease,
};
