import type { RepositoryAction } from '../action.ts';
import { requiredComment } from '../issues.ts';
import { shownComment } from '../shown.ts';

/** issues/get-comment. */
export const getComment: RepositoryAction = {
  method: 'GET',
  path: '/issues/comments/{}',
  needs: [{ issues: 'read' }, { pull_requests: 'read' }],
  run(call) {
    const { issue, comment } = requiredComment(call);
    return { status: 200, body: shownComment(call, issue, comment) };
  },
};
