import { type Decision, NO_CHANGE } from '../decision.ts';
import type { RollbackRequested } from '../input.ts';
import { cancelRefused, nothing, onlyRelease } from '../late.ts';
import type { Known, Row } from '../rule.ts';
import { withoutWindow } from '../services.ts';

/** A window has one rollback: once that has ended, whatever its verdict, the window is over too. */
const askedAgain = ({ deployment, service }: Known, { byPerson }: RollbackRequested): Decision => {
  const isOver = !byPerson && service.window !== undefined && service.window.deployment === deployment.leaving?.deployment;
  return isOver ? { ...NO_CHANGE, service: withoutWindow(service) } : NO_CHANGE;
};

/** After the verdict nothing happens any more; whoever wants to cancel is told so. */
export const terminal: Row<Known> = {
  'deploy-requested': nothing,
  'rollback-requested': askedAgain,
  'cancel-requested': cancelRefused(({ deployment }) => `it has ended already: ${deployment.state}`),
  woken: nothing,
  looked: onlyRelease,
  'start-answered': onlyRelease,
  observed: nothing,
  checked: nothing,
  tried: nothing,
  'restore-answered': onlyRelease,
  'alarm-changed': nothing,
  'task-stopped': nothing,
  'rollout-told': nothing,
  erred: onlyRelease,
};
