import type { RepositoryAction } from '../action.ts';
import { commitOf } from '../commits.ts';
import { GitHubRefusal } from '../refusal.ts';
import { shownCommit } from '../shown.ts';

/** repos/get-commit: by SHA, branch or tag. */
export const getCommit: RepositoryAction = {
  method: 'GET',
  path: '/commits/{}',
  needs: [{ contents: 'read' }],
  run(call) {
    const {
      repository,
      parameters: [ref = ''],
    } = call;
    const sha = commitOf(repository, ref);
    if (sha === undefined) throw new GitHubRefusal(422, `No commit found for SHA: ${ref}`);
    return { status: 200, body: shownCommit(call, sha, repository.commits.get(sha) ?? '') };
  },
};
