import { answerHook } from '../../ecs/hooks.ts';
import { text } from '../../ecs/lookup.ts';
import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { shiftedFor } from '../deployments.ts';
import { deploymentOf, onlyKnown } from '../lookup.ts';
import type { CodeDeployStore } from '../model.ts';

/** "Only Succeeded and Failed can be passed successfully" (API reference). */
export const putLifecycleEventHookExecutionStatus: Action<CodeDeployStore> = (store, input) => {
  onlyKnown(input, ['deploymentId', 'lifecycleEventHookExecutionId', 'status'], 'PutLifecycleEventHookExecutionStatus');
  const deployment = deploymentOf(store, text(input, 'deploymentId'));
  const lifecycleEventHookExecutionId = text(input, 'lifecycleEventHookExecutionId');
  const status = text(input, 'status');
  if (status !== 'Succeeded' && status !== 'Failed')
    throw new AwsError(
      'InvalidLifecycleEventHookExecutionStatusException',
      `The status of a hook has to be Succeeded or Failed, not ${status}`,
    );
  const { service, shifted } = shiftedFor(store, deployment) ?? {};
  const hook = shifted?.shift?.hooks.find(({ id }) => id === lifecycleEventHookExecutionId);
  if (service === undefined || shifted === undefined || hook === undefined)
    throw new AwsError(
      'InvalidLifecycleEventHookExecutionIdException',
      `The deployment ${deployment.id} has no hook with the execution ID ${lifecycleEventHookExecutionId}`,
    );
  if (hook.status !== 'IN_PROGRESS')
    throw new AwsError('LifecycleEventAlreadyCompletedException', 'The lifecycle event is already completed');
  answerHook(store.ecs, service, shifted, hook, status === 'Failed' ? 'the function says so' : undefined);
  return { lifecycleEventHookExecutionId };
};
