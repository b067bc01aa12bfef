import type { Octokit } from '@octokit/core';

const REPOSITORY = { owner: 'acme', repo: 'app' } as const;

/** What stands on GitHub, in short. */
export const seenOn = ({ octokit }: { readonly octokit: Octokit }) => ({
  async deployments(query: object = {}) {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/deployments', { ...REPOSITORY, ...query });
    return Promise.all(
      data.toReversed().map(async ({ id, ...deployment }) => {
        const { data: statuses } = await octokit.request('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
          ...REPOSITORY,
          deployment_id: Number(id),
        });
        return { ...deployment, statuses: statuses.toReversed(), states: statuses.toReversed().map(({ state }) => state) };
      }),
    );
  },
  async statuses(ref: string) {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/statuses', { ...REPOSITORY, ref });
    return data.toReversed();
  },
  async checks(ref: string) {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
      ...REPOSITORY,
      ref,
      filter: 'all',
    });
    return data.check_runs;
  },
  async issues() {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/issues', { ...REPOSITORY, state: 'all', direction: 'asc' });
    return data.filter(({ pull_request: pullRequest }) => pullRequest === undefined);
  },
  async comments(issue_number: number) {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...REPOSITORY,
      issue_number,
    });
    return data.map(({ body = '' }) => body);
  },
});
