import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { deploymentAnswer } from '../answers.ts';
import { onlyKnown } from '../lookup.ts';
import type { CodeDeployStore } from '../model.ts';

/** Ids that there are not are left out (API reference, BatchGetDeployments). */
export const batchGetDeployments: Action<CodeDeployStore> = (store, input) => {
  onlyKnown(input, ['deploymentIds'], 'BatchGetDeployments');
  const ids = (input['deploymentIds'] ?? []) as readonly string[];
  if (ids.length > 25) throw new AwsError('BatchLimitExceededException', 'The maximum number of deployment ids is 25');
  const found = ids.flatMap((id) => store.deployments.get(id) ?? []);
  return { deploymentsInfo: found.map(deploymentAnswer) };
};
