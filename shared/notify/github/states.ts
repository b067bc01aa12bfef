import { oneLine } from '../text.ts';
import type { Phase, Report } from './report.ts';

/** GitHub's words for one phase: of a deployment status, of a commit status, and of a check run. */
interface States {
  readonly deployment: 'queued' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';
  readonly commit: 'pending' | 'success' | 'failure' | 'error';
  /** The conclusion; `undefined`: it goes on. */
  readonly check?: 'success' | 'failure' | 'cancelled' | 'skipped' | 'timed_out';
}

const STATES: Readonly<Record<Phase, States>> = {
  queued: { deployment: 'queued', commit: 'pending' },
  'under-way': { deployment: 'in_progress', commit: 'pending' },
  'rolling-back': { deployment: 'in_progress', commit: 'pending' },
  succeeded: { deployment: 'success', commit: 'success', check: 'success' },
  'rolled-back': { deployment: 'failure', commit: 'failure', check: 'failure' },
  failed: { deployment: 'failure', commit: 'failure', check: 'failure' },
  rejected: { deployment: 'error', commit: 'error', check: 'failure' },
  expired: { deployment: 'error', commit: 'error', check: 'timed_out' },
  // Nothing is wrong, and nothing of it runs.
  superseded: { deployment: 'inactive', commit: 'error', check: 'skipped' },
  cancelled: { deployment: 'inactive', commit: 'error', check: 'cancelled' },
};

export const statesOf = ({ phase }: Pick<Report, 'phase'>): States => STATES[phase];

/** "The maximum description length is 140 characters" (repos/create-deployment-status). */
const LONGEST_DESCRIPTION = 140;

export const descriptionOf = ({ phase, version, text, kind }: Report): string => {
  const what = kind === 'rollback' ? 'rollback' : version;
  return oneLine(`${what} ${SAID[phase]}: ${text}`, LONGEST_DESCRIPTION);
};

/** In a few words. */
export const SAID: Readonly<Record<Phase, string>> = {
  queued: 'waits',
  'under-way': 'is under way',
  'rolling-back': 'is being rolled back',
  succeeded: 'succeeded',
  'rolled-back': 'was rolled back',
  failed: 'failed',
  rejected: 'was rejected',
  superseded: 'was superseded',
  expired: 'expired',
  cancelled: 'was cancelled',
};
