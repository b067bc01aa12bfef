import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { tellHook } from '../events.ts';
import { waitingHook } from '../hooks.ts';
import { invalid, onlyKnown, serviceOfRecord, text } from '../lookup.ts';
import type { EcsStore } from '../model.ts';
import { stopAndRollBack } from '../scheduler.ts';

/** Answers a pause: the deployment goes on, or back (Developer Guide, "Continuing service deployments"). */
export const continueServiceDeployment: Action<EcsStore> = (store, input) => {
  onlyKnown(input, ['serviceDeploymentArn', 'hookId', 'action'], 'ContinueServiceDeployment');
  const action = text(input, 'action') ?? 'CONTINUE';
  if (action !== 'CONTINUE' && action !== 'ROLLBACK') throw invalid(`action must be CONTINUE or ROLLBACK, not ${action}.`);
  const arn = text(input, 'serviceDeploymentArn') ?? '';
  const service = serviceOfRecord(store, arn);
  const deployment = service.deployments.find(({ record }) => record.arn === arn);
  const hook = deployment?.shift === undefined ? undefined : waitingHook(deployment.shift, text(input, 'hookId') ?? '');
  if (deployment === undefined || deployment.record.status !== 'IN_PROGRESS' || hook === undefined)
    throw new AwsError('ConflictException', 'The lifecycle hook is not awaiting an action.');
  if (action === 'CONTINUE') {
    hook.status = 'SUCCEEDED';
    tellHook(store, service, deployment, hook);
    store.tasksChanged(service);
  } else {
    hook.status = 'FAILED';
    tellHook(store, service, deployment, hook);
    stopAndRollBack(store, service, deployment);
  }
  return { serviceDeploymentArn: arn };
};
