import type { ActiveState, Deployment, FunctionName, State, TerminalState } from './types.ts';
import { ACTIVE_STATES, TERMINAL_STATES } from './types.ts';

export const isTerminal = (state: State): state is TerminalState => TERMINAL_STATES.some((terminal) => terminal === state);

export const isActive = (state: State): state is ActiveState => ACTIVE_STATES.some((active) => active === state);

/** A `kind: deploy` that is under way and has not begun to go back: what a rollback may end. */
export const isUnderWay = (deployment: Deployment): boolean =>
  deployment.kind === 'deploy' &&
  isActive(deployment.state) &&
  deployment.state !== 'rolling-back' &&
  deployment.state !== 'verifying-rollback';

/** Whether no start was ever begun. One whose answer nobody has heard may have changed the target. */
export const isUntouched = ({ startAttempts, rollout }: Pick<Deployment, 'startAttempts' | 'rollout'>): boolean =>
  startAttempts === 0 && rollout === undefined;

/** The one function that performs what a state owes. After the verdict only the outbox is owed: by whom hardly matters. */
export const ownerOf = (deployment: Pick<Deployment, 'state' | 'kind'>): FunctionName => {
  switch (deployment.state) {
    case 'queued':
    case 'starting':
    case 'widening':
      return deployment.kind === 'deploy' ? 'deploy' : 'rollback';
    case 'rolling-out':
    case 'verifying':
    case 'baking':
    case 'verifying-rollback':
      return 'verify';
    case 'rolling-back':
      return 'rollback';
    case 'succeeded':
    case 'rolled-back':
    case 'failed':
    case 'rejected':
    case 'superseded':
    case 'expired':
    case 'cancelled':
      return 'verify';
  }
};
