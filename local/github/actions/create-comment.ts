import type { RepositoryAction } from '../action.ts';
import { requiredIssue } from '../issues.ts';
import type { Comment } from '../model.ts';
import { GitHubRefusal, validationFailed } from '../refusal.ts';
import { shownComment } from '../shown.ts';
import { bodyText } from '../texts.ts';

/** issues/create-comment: on an issue or a pull request that is not locked. */
export const createComment: RepositoryAction = {
  method: 'POST',
  path: '/issues/{}/comments',
  needs: [{ issues: 'write' }, { pull_requests: 'write' }],
  createsContent: true,
  run(call) {
    const { repository, body, store, now } = call;
    const issue = requiredIssue(call);
    if (!issue.isPullRequest && !repository.hasIssues) throw new GitHubRefusal(410, 'Issues are disabled for this repo');
    const text = bodyText('IssueComment', body.required('body'));
    body.end();
    if (text.trim() === '')
      throw validationFailed({ resource: 'IssueComment', code: 'unprocessable', field: 'data', message: "Body can't be blank" });
    if (issue.locked) throw new GitHubRefusal(403, 'Unable to create comment because issue is locked.');
    const comment: Comment = { id: store.nextId(), body: text, author: call.token.actor, createdAt: now, updatedAt: now };
    issue.comments.push(comment);
    issue.updatedAt = now;
    return {
      status: 201,
      headers: { location: `${call.base}/issues/comments/${comment.id}` },
      body: shownComment(call, issue, comment),
    };
  },
};
