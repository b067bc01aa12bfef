import { text } from '../../ecs/lookup.ts';
import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { ACTIVE, stop } from '../deployments.ts';
import { deploymentOf, onlyKnown } from '../lookup.ts';
import type { CodeDeployStore } from '../model.ts';

/** With its rollback alone: what a deployment leaves that is stopped without one, AWS does not say. */
export const stopDeployment: Action<CodeDeployStore> = (store, input) => {
  onlyKnown(input, ['deploymentId', 'autoRollbackEnabled'], 'StopDeployment');
  const deployment = deploymentOf(store, text(input, 'deploymentId'));
  if (!ACTIVE.includes(deployment.status))
    throw new AwsError('DeploymentAlreadyCompletedException', `The deployment ${deployment.id} is already completed`);
  const rollsBack = input['autoRollbackEnabled'] ?? deployment.autoRollback;
  if (rollsBack !== true)
    throw new AwsError(
      'InvalidInputException',
      'the local cloud does not stop a deployment without its rollback: set autoRollbackEnabled.',
    );
  if (deployment.undoes !== undefined)
    throw new AwsError('UnsupportedActionForDeploymentTypeException', 'the local cloud does not stop a rollback.');
  deployment.error ??= { code: 'MANUAL_STOP', message: 'The deployment was stopped by a user request.' };
  stop(store, deployment);
  return { status: 'Succeeded', statusMessage: 'Deployment stopped.' };
};
