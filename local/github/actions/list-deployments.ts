import type { RepositoryAction } from '../action.ts';
import { page } from '../pages.ts';
import { shownDeployment } from '../shown.ts';

/** repos/list-deployments: the newest first, by SHA, ref, task and environment. */
export const listDeployments: RepositoryAction = {
  method: 'GET',
  path: '/deployments',
  needs: [{ deployments: 'read' }],
  run(call) {
    const { query, repository } = call;
    const isAsked = (name: string, value: string) => [null, value].includes(query.get(name));
    const found = repository.deployments.filter(
      ({ sha, ref, task, environment }) =>
        isAsked('sha', sha) && isAsked('ref', ref) && isAsked('task', task) && isAsked('environment', environment),
    );
    return page(
      call,
      found.toReversed().map((deployment) => shownDeployment(call, deployment)),
    );
  },
};
