import type { Service } from '@aws-sdk/client-ecs';
import type { Failure } from '../../deployment/observations.ts';
import { placeOf } from '../ecs/config.ts';
import { refusal as refused } from '../refused.ts';
import type { Shifting } from './calls.ts';
import { type Config, kind } from './config.ts';

/** Why CodeDeploy, or this target, says no: stable words, each with its line of `docs/errors.md`. @public */
export const CODEDEPLOY_REFUSALS = {
  'codedeploy-missing': 'There is no such application, deployment group or deployment configuration in CodeDeploy.',
  'codedeploy-refused': 'CodeDeploy refuses the call as it stands; the message is its own.',
  'codedeploy-keeps-too-long': 'The deployment group keeps the old tasks for longer than a rollout, or the way back, may take.',
  'deployment-under-way': 'CodeDeploy is at work on another deployment of the group: it does one at a time.',
  'service-not-codedeploy': 'The service has another controller than CodeDeploy.',
} as const;

/** Why a rollout by CodeDeploy failed: stable words, each with its line of `docs/errors.md`. @public */
export const CODEDEPLOY_FAILURES = {
  'codedeploy-alarm': 'An alarm of the deployment group stopped the deployment.',
  'codedeploy-hook': 'A function that the catalogue names in "hooks" said no, or did not answer in an hour.',
  'codedeploy-failed': 'The deployment failed, or was stopped; the message is its own.',
} as const;

const refusal = (code: keyof typeof CODEDEPLOY_REFUSALS, message: string): Failure => refused(code, message);

/** Why this target cannot deploy to the service; `undefined`: it can. */
export const notCodeDeploy = (config: Config, { deploymentController }: Service): Failure | undefined => {
  const controller = deploymentController?.type ?? 'ECS';
  if (controller === 'CODE_DEPLOY') return undefined;
  const message = `cannot deploy to ${placeOf(config)}: it has the deployment controller ${controller}, and "${kind}" needs CODE_DEPLOY; change the service, or use the target that fits it`;
  return refusal('service-not-codedeploy', message);
};

/** Until the old task set is gone CodeDeploy is at work, and no deployment has ended. */
export const keepsTooLong = (
  { application, deploymentGroup }: Config,
  seconds: number,
  allowed = Number.POSITIVE_INFINITY,
): Failure | undefined => {
  if (seconds < allowed) return undefined;
  const message = `deployment group "${deploymentGroup}" of "${application}" keeps the old tasks for ${seconds} s after the shift, and the lesser of "rolloutSeconds" and "rollbackSeconds" is ${allowed}: give both more than that, or let the group wait less`;
  return refusal('codedeploy-keeps-too-long', message);
};

const failureCode = ({ error, errorCode }: Pick<Shifting, 'error' | 'errorCode'>): keyof typeof CODEDEPLOY_FAILURES => {
  if (errorCode === 'HOOK_EXECUTION_FAILURE') return 'codedeploy-hook';
  return /alarm/i.test(error) ? 'codedeploy-alarm' : 'codedeploy-failed';
};

/** Of a deployment that failed, or was stopped. */
export const failureOf = (shifting: Pick<Shifting, 'status' | 'error' | 'errorCode'>): Failure => {
  const code = failureCode(shifting);
  return { code, message: `CodeDeploy: ${shifting.status}: ${shifting.error}`, evidence: code !== 'codedeploy-failed' };
};

/** Errors that will be the same next time (API reference, "Errors" of the calls that are made here); `undefined`: it may be different. */
export const refusalOf = ({ name, message }: Error, doing: string): Failure | undefined => {
  switch (name) {
    case 'ApplicationDoesNotExistException':
      return refusal('codedeploy-missing', `cannot ${doing}: there is no such application; create it, or correct "application"`);
    case 'DeploymentGroupDoesNotExistException':
      return refusal(
        'codedeploy-missing',
        `cannot ${doing}: there is no such deployment group; create it, or correct "deploymentGroup"`,
      );
    case 'DeploymentConfigDoesNotExistException':
      return refusal('codedeploy-missing', `cannot ${doing}: ${message}; create it, or correct "configuration"`);
    case 'DeploymentLimitExceededException':
      return refusal('deployment-under-way', `cannot ${doing}: ${message}; wait for it, or stop it, and ask again`);
  }
  return name.startsWith('Invalid') || name.endsWith('RequiredException') || name === 'DescriptionTooLongException'
    ? refusal('codedeploy-refused', `cannot ${doing}: ${message} (${name}); correct what it names, and deploy again`)
    : undefined;
};
