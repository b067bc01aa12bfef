import type { RepositoryAction } from '../action.ts';
import { requiredDeployment } from '../deployments.ts';
import { GitHubRefusal } from '../refusal.ts';

/**
 * repos/delete-deployment: the only deployment of a repository at any time; one of several only if it is inactive, which it is "by adding any
 * non-successful deployment status".
 */
export const deleteDeployment: RepositoryAction = {
  method: 'DELETE',
  path: '/deployments/{}',
  needs: [{ deployments: 'write' }],
  run(call) {
    const { deployments } = call.repository;
    const deployment = requiredDeployment(call);
    const { state = 'success' } = deployment.statuses.at(-1) ?? {};
    if (deployments.length > 1 && state === 'success')
      throw new GitHubRefusal(
        422,
        'We cannot delete an active deployment unless it is the only deployment in a given repository.',
      );
    deployments.splice(deployments.indexOf(deployment), 1);
    return { status: 204 };
  },
};
