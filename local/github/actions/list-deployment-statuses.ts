import type { RepositoryAction } from '../action.ts';
import { requiredDeployment } from '../deployments.ts';
import { page } from '../pages.ts';
import { shownDeploymentStatus } from '../shown.ts';

/** repos/list-deployment-statuses: the newest first. */
export const listDeploymentStatuses: RepositoryAction = {
  method: 'GET',
  path: '/deployments/{}/statuses',
  needs: [{ deployments: 'read' }],
  run(call) {
    const deployment = requiredDeployment(call);
    return page(
      call,
      deployment.statuses.toReversed().map((status) => shownDeploymentStatus(call, deployment, status)),
    );
  },
};
