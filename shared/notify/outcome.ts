import { FinalError } from '../errors.ts';
import type * as outcomes from '../events/generated/outcomes.ts';
import { OUTCOMES, type OutcomeType } from '../events/outcomes.ts';
import { parseMessage } from '../reading.ts';

interface Details {
  readonly CancelRejected: outcomes.CancelRejected;
  readonly DeploymentCancelled: outcomes.DeploymentCancelled;
  readonly DeploymentExpired: outcomes.DeploymentExpired;
  readonly DeploymentFailed: outcomes.DeploymentFailed;
  readonly DeploymentProgressed: outcomes.DeploymentProgressed;
  readonly DeploymentQueued: outcomes.DeploymentQueued;
  readonly DeploymentRejected: outcomes.DeploymentRejected;
  readonly DeploymentRolledBack: outcomes.DeploymentRolledBack;
  readonly DeploymentStarted: outcomes.DeploymentStarted;
  readonly DeploymentSucceeded: outcomes.DeploymentSucceeded;
  readonly DeploymentSuperseded: outcomes.DeploymentSuperseded;
  readonly PromotionCompleted: outcomes.PromotionCompleted;
  readonly PromotionFailed: outcomes.PromotionFailed;
  readonly PromotionStarted: outcomes.PromotionStarted;
  readonly RollbackFailed: outcomes.RollbackFailed;
  readonly RollbackRejected: outcomes.RollbackRejected;
  readonly RollbackStarted: outcomes.RollbackStarted;
  readonly RollbackSucceeded: outcomes.RollbackSucceeded;
  readonly VerificationFailed: outcomes.VerificationFailed;
  readonly VerificationPassed: outcomes.VerificationPassed;
  readonly VerificationStarted: outcomes.VerificationStarted;
}

/** An outcome, as a subscriber of the bus gets it: any number of times, and in any order. */
export type Outcome<Type extends OutcomeType = OutcomeType> = {
  readonly [Each in Type]: { readonly type: Each; readonly detail: Details[Each] };
}[Type];

/** An outcome of a promotion. */
export type PromotionOutcome = Outcome<'PromotionStarted' | 'PromotionCompleted' | 'PromotionFailed'>;

/** An outcome of a deployment, of a rollback, or of a request for one. */
export type DeploymentOutcome = Outcome<Exclude<OutcomeType, PromotionOutcome['type']>>;

export const isOfPromotion = (outcome: Outcome): outcome is PromotionOutcome => 'promotion' in outcome.detail;

/** What it is an outcome of: the id of a deployment or promotion. */
export const subjectOf = (outcome: Outcome): string =>
  isOfPromotion(outcome) ? outcome.detail.promotion : (outcome as DeploymentOutcome).detail.deployment;

/** Whose word in the catalogue counts: a service's, or of a promotion the environment's that it goes to. */
export const placeOf = (outcome: Outcome): { readonly environment: string; readonly service?: string } => {
  const { environment } = outcome.detail;
  return isOfPromotion(outcome) ? { environment } : { environment, service: (outcome as DeploymentOutcome).detail.service };
};

/** Nothing comes after it: how a request ended. */
export const isVerdict = ({ type, detail }: Outcome): boolean =>
  'terminal' in detail || type === 'PromotionCompleted' || type === 'PromotionFailed';

/** Ends that nobody has to do anything about. */
const GOOD: readonly OutcomeType[] = ['DeploymentSucceeded', 'DeploymentSuperseded', 'DeploymentCancelled', 'PromotionCompleted'];

/** Whether what was under way went back because a person wanted that: nothing has failed. */
export const isCalledOff = ({ type, detail }: Outcome): boolean =>
  type === 'DeploymentRolledBack' && detail.reason.code === 'cancelled';

/** What somebody may have to do something about: a rollback that went well is such an end, and so is a cancel that was refused. */
export const isFailure = (outcome: Outcome): boolean =>
  outcome.type === 'CancelRejected' || (isVerdict(outcome) && !GOOD.includes(outcome.type) && !isCalledOff(outcome));

/** Whether those who asked for this much are told of it. */
export const isHeard = (heard: 'all' | 'verdicts' | 'failures', outcome: Outcome): boolean => {
  switch (heard) {
    case 'all':
      return true;
    case 'verdicts':
      return isVerdict(outcome);
    case 'failures':
      return isFailure(outcome);
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** What is relied on; the rest fits its schema, since the rule lets through what we have published alone. */
const isSound = (type: unknown, detail: unknown): boolean => {
  if (!(OUTCOMES as readonly unknown[]).includes(type) || !isObject(detail)) return false;
  const { eventId, sequence, environment, at, asked } = detail;
  const ofWhat = isText(detail['deployment']) ? isText(detail['service']) : isText(detail['promotion']);
  return isText(eventId) && Number.isInteger(sequence) && isText(environment) && isText(at) && isObject(asked) && ofWhat;
};

/**
 * Reads an event that a queue holds. Members that it does not know are left alone: a newer version may have added them. Throws a
 * `FinalError` for what is none of our outcomes.
 */
export const readOutcome = (body: string): Outcome => {
  const event = parseMessage(body);
  const { 'detail-type': type, detail } = isObject(event) ? event : {};
  if (!isSound(type, detail))
    throw new FinalError('unreadable-message', 'the message is no outcome that this pipeline publishes');
  return { type, detail } as Outcome;
};
