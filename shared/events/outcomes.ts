/** Every event that tells what has become of a request, as the bus carries it: its `detail-type`, which is its schema's name in `schemas/events/`. */
export const OUTCOMES = [
  'CancelRejected',
  'DeploymentCancelled',
  'DeploymentExpired',
  'DeploymentFailed',
  'DeploymentProgressed',
  'DeploymentQueued',
  'DeploymentRejected',
  'DeploymentRolledBack',
  'DeploymentStarted',
  'DeploymentSucceeded',
  'DeploymentSuperseded',
  'PromotionCompleted',
  'PromotionFailed',
  'PromotionStarted',
  'RollbackFailed',
  'RollbackRejected',
  'RollbackStarted',
  'RollbackSucceeded',
  'VerificationFailed',
  'VerificationPassed',
  'VerificationStarted',
] as const;

export type OutcomeType = (typeof OUTCOMES)[number];

/** Those that end a deployment, and carry `terminal: true`. */
export const VERDICTS = [
  'DeploymentCancelled',
  'DeploymentExpired',
  'DeploymentFailed',
  'DeploymentRejected',
  'DeploymentRolledBack',
  'DeploymentSucceeded',
  'DeploymentSuperseded',
  'RollbackFailed',
  'RollbackRejected',
  'RollbackSucceeded',
] as const satisfies readonly OutcomeType[];
