import type { RepositoryAction } from '../action.ts';
import { requiredIssue } from '../issues.ts';
import { page } from '../pages.ts';
import { shownComment } from '../shown.ts';
import { sinceOf } from '../since.ts';

/** issues/list-comments: "ordered by ascending ID". */
export const listComments: RepositoryAction = {
  method: 'GET',
  path: '/issues/{}/comments',
  needs: [{ issues: 'read' }, { pull_requests: 'read' }],
  run(call) {
    const issue = requiredIssue(call);
    const since = sinceOf(call.query);
    const found = issue.comments.filter(({ updatedAt }) => updatedAt >= since);
    return page(
      call,
      found.map((comment) => shownComment(call, issue, comment)),
    );
  },
};
