import type { RepositoryAction } from '../action.ts';
import { requiredComment } from '../issues.ts';

/** issues/delete-comment. */
export const deleteComment: RepositoryAction = {
  method: 'DELETE',
  path: '/issues/comments/{}',
  needs: [{ issues: 'write' }, { pull_requests: 'write' }],
  run(call) {
    const { issue, comment } = requiredComment(call);
    issue.comments.splice(issue.comments.indexOf(comment), 1);
    return { status: 204 };
  },
};
