import type { RepositoryAction } from '../action.ts';
import { page } from '../pages.ts';
import { validationFailed } from '../refusal.ts';
import { shownIssue } from '../shown.ts';
import { sinceOf } from '../since.ts';

/** issues/list-for-repo: open ones unless `state` says otherwise, the newest first; pull requests are among them. */
export const listIssues: RepositoryAction = {
  method: 'GET',
  path: '/issues',
  needs: [{ issues: 'read' }],
  of: 'issues',
  run(call) {
    const { repository, query } = call;
    const state = query.get('state') ?? 'open';
    if (!['open', 'closed', 'all'].includes(state))
      throw validationFailed({ resource: 'Issue', code: 'invalid', field: 'state' });
    const labels = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
    const creator = query.get('creator');
    const since = sinceOf(query);
    const found = repository.issues.filter(
      (issue) =>
        (state === 'all' || issue.state === state) &&
        (creator === null || issue.author.login === creator) &&
        issue.updatedAt >= since &&
        labels.every((name) => issue.labels.some((label) => label.toLowerCase() === name.toLowerCase())),
    );
    const ordered = query.get('direction') === 'asc' ? found : found.toReversed();
    return page(
      call,
      ordered.map((issue) => shownIssue(call, issue)),
    );
  },
};
