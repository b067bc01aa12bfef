import type { ToldReason } from '../events/generated/outcomes.ts';
import { type DeploymentOutcome, isCalledOff, type PromotionOutcome } from './outcome.ts';

/** How a deployment or promotion stands, in a few words for people. */
export interface Face {
  readonly icon: string;
  readonly says: string;
  readonly reason?: ToldReason | undefined;
}

const waits = ({ waitingFor }: Extract<DeploymentOutcome, { type: 'DeploymentQueued' }>['detail']): Face => ({
  icon: '⏳',
  says: 'waiting for its turn',
  reason: waitingFor,
});

export const faceOf = (outcome: DeploymentOutcome): Face => {
  const { type, detail } = outcome;
  switch (type) {
    case 'DeploymentQueued':
      return waits(detail);
    case 'DeploymentStarted':
      return { icon: '🚀', says: 'rolling out' };
    case 'DeploymentProgressed':
      return { icon: '🚀', says: detail.phase === 'baking' ? 'watched before it counts' : 'rolling out' };
    case 'VerificationStarted':
      return { icon: '🔎', says: 'being checked' };
    case 'VerificationPassed':
      return { icon: '🔎', says: 'checks passed' };
    case 'VerificationFailed':
      return { icon: '⚠️', says: 'a check failed', reason: detail.reason };
    case 'RollbackStarted':
      return { icon: '↩️', says: 'going back', reason: detail.reason };
    case 'DeploymentSucceeded':
      return {
        icon: '✅',
        says: `${detail.changed ? 'deployed' : 'runs already'}${detail.verified ? ' and verified' : ', not verified'}`,
        reason: detail.reason,
      };
    case 'DeploymentRolledBack':
      return { icon: '↩️', says: `${isCalledOff(outcome) ? 'cancelled' : 'failed'}, and rolled back`, reason: detail.reason };
    case 'DeploymentFailed':
      return { icon: '❌', says: 'failed', reason: detail.reason };
    case 'DeploymentRejected':
      return { icon: '🚫', says: 'rejected', reason: detail.reason };
    case 'DeploymentSuperseded':
      return { icon: '⏭️', says: 'superseded', reason: detail.reason };
    case 'DeploymentExpired':
      return { icon: '⌛', says: 'expired', reason: detail.reason };
    case 'DeploymentCancelled':
      return { icon: '⏹️', says: 'cancelled', reason: detail.reason };
    case 'RollbackSucceeded':
      return { icon: '↩️', says: 'rolled back', reason: detail.reason };
    case 'RollbackFailed':
      return { icon: '❌', says: 'could not be rolled back', reason: detail.reason };
    case 'RollbackRejected':
      return { icon: '🚫', says: 'rollback rejected', reason: detail.reason };
    case 'CancelRejected':
      return { icon: '🚫', says: 'a cancel was refused', reason: detail.reason };
  }
};

export const promotionFace = ({ type, detail }: PromotionOutcome): Face => {
  switch (type) {
    case 'PromotionStarted':
      return { icon: '📦', says: 'being promoted' };
    case 'PromotionCompleted':
      return { icon: '✅', says: 'promoted' };
    case 'PromotionFailed':
      return { icon: '❌', says: 'not promoted', reason: detail.reason };
  }
};

/** An image that could not be found is named as it was asked for. */
export const imageOf = (repository: string, reference: string): string => {
  if (reference.startsWith('sha256:')) return `${repository}@${reference}`;
  return reference.includes(':') ? reference : `${repository}:${reference}`;
};

/** A name of the catalogue stands in a command as it is; anything else has no command. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const RUNS = ['DeploymentSucceeded', 'DeploymentFailed'];

/** What a person would type next (docs/cli.md), and what for; `undefined`: nothing is left to do that way. */
export const commandOf = ({
  type,
  detail,
}: DeploymentOutcome): { readonly to: 'stop it' | 'go back'; readonly command: string } | undefined => {
  const { deployment, environment, service } = detail;
  const known = [deployment, environment, service].every((name) => NAME.test(name));
  if (!known || type === 'CancelRejected') return undefined;
  if (!('terminal' in detail)) return { to: 'stop it', command: `switchyard cancel ${deployment} --reason "…"` };
  const changed = 'changed' in detail && detail.changed === true;
  if (!RUNS.includes(type) || !changed) return undefined;
  return { to: 'go back', command: `switchyard rollback --environment ${environment} --service ${service} --reason "…"` };
};
