import { contextOf, type Doing, logUrl } from './perform-deployment.ts';
import type { Report } from './report.ts';
import { descriptionOf, statesOf } from './states.ts';

/** A commit status: what a commit shows of one service in one environment. `since`: it may have been made. */
export const performCommit = async (
  { client, settings, places }: Doing,
  sha: string,
  report: Report,
  since: number | undefined,
): Promise<void> => {
  const { owner, repo } = settings;
  const context = contextOf(report);
  const { commit: state } = statesOf(report);
  const description = descriptionOf(report);
  const target = places.links['dashboard'] ?? logUrl(places, report);
  if (since !== undefined) {
    const { data } = await client.ask('look at the commit', (octokit) =>
      octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/statuses', { owner, repo, ref: sha, per_page: 100 }),
    );
    const newest = data.find((status) => status.context.toLowerCase() === context.toLowerCase());
    if (newest?.state === state && newest.description === description) return;
  }
  await client.ask('state how the commit is', (octokit) =>
    octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', {
      owner,
      repo,
      sha,
      state,
      context,
      description,
      ...(target === undefined ? {} : { target_url: target }),
    }),
  );
};
