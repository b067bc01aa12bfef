import type { RepositoryAction } from '../action.ts';
import { commitOf } from '../commits.ts';
import { page } from '../pages.ts';
import { GitHubRefusal } from '../refusal.ts';
import { shownCommitStatus } from '../shown.ts';

/** repos/list-commit-statuses-for-ref: the newest first. */
export const listCommitStatuses: RepositoryAction = {
  method: 'GET',
  path: '/commits/{}/statuses',
  needs: [{ statuses: 'read' }],
  run(call) {
    const {
      repository,
      parameters: [ref = ''],
    } = call;
    const sha = commitOf(repository, ref);
    if (sha === undefined) throw new GitHubRefusal(422, `No commit found for SHA: ${ref}`);
    const found = repository.statuses.filter((status) => status.sha === sha);
    return page(
      call,
      found.toReversed().map((status) => shownCommitStatus(call, status)),
    );
  },
};
