import type { RepositoryAction } from '../action.ts';
import { page } from '../pages.ts';
import { shownLabel } from '../shown.ts';

/** issues/list-labels-for-repo. */
export const listLabels: RepositoryAction = {
  method: 'GET',
  path: '/labels',
  needs: [{ issues: 'read' }, { pull_requests: 'read' }],
  run: (call) =>
    page(
      call,
      [...call.repository.labels].map((name) => shownLabel(call, name)),
    ),
};
