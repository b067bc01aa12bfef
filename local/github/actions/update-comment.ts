import type { RepositoryAction } from '../action.ts';
import { requiredComment } from '../issues.ts';
import { shownComment } from '../shown.ts';
import { bodyText } from '../texts.ts';

/** issues/update-comment. */
export const updateComment: RepositoryAction = {
  method: 'PATCH',
  path: '/issues/comments/{}',
  needs: [{ issues: 'write' }, { pull_requests: 'write' }],
  run(call) {
    const { issue, comment } = requiredComment(call);
    comment.body = bodyText('IssueComment', call.body.required('body'));
    call.body.end();
    comment.updatedAt = call.now;
    return { status: 200, body: shownComment(call, issue, comment) };
  },
};
