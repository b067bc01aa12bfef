import type { RepositoryAction } from '../action.ts';
import { commitOf } from '../commits.ts';
import type { CheckRun } from '../model.ts';
import { page } from '../pages.ts';
import { GitHubRefusal } from '../refusal.ts';
import { shownCheckRun } from '../shown.ts';

/** checks/list-for-ref: unless `filter` is `all`, the newest of each name and App. */
export const listCheckRuns: RepositoryAction = {
  method: 'GET',
  path: '/commits/{}/check-runs',
  needs: [{ checks: 'read' }],
  run(call) {
    const {
      repository,
      query,
      parameters: [ref = ''],
    } = call;
    const sha = commitOf(repository, ref);
    if (sha === undefined) throw new GitHubRefusal(422, `No commit found for SHA: ${ref}`);
    const name = query.get('check_name');
    const status = query.get('status');
    const found = repository.checkRuns.filter(
      (run) => run.headSha === sha && (name === null || run.name === name) && (status === null || run.status === status),
    );
    const shown = query.get('filter') === 'all' ? found : newest(found);
    return page(
      call,
      shown.toReversed().map((run) => shownCheckRun(call, run)),
      (runs) => ({ total_count: shown.length, check_runs: runs }),
    );
  },
};

const newest = (runs: readonly CheckRun[]): readonly CheckRun[] => [
  ...new Map(runs.map((run) => [`${run.app.id} ${run.name}`, run])).values(),
];
