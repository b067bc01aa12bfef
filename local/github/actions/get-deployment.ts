import type { RepositoryAction } from '../action.ts';
import { requiredDeployment } from '../deployments.ts';
import { shownDeployment } from '../shown.ts';

/** repos/get-deployment. */
export const getDeployment: RepositoryAction = {
  method: 'GET',
  path: '/deployments/{}',
  needs: [{ deployments: 'read' }],
  run: (call) => ({ status: 200, body: shownDeployment(call, requiredDeployment(call)) }),
};
