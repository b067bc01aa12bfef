import { unlessGone } from './client.ts';
import { findIn, sinceTime } from './looking.ts';
import type { Doing } from './perform-deployment.ts';
import type { PullRequestStep } from './pull-request-note.ts';

/** What stands in a pull request; `isNew`: with the text that the step has. */
export interface Commented {
  readonly comment: number;
  readonly isNew: boolean;
}

/** `since`: it may have been made, with an older text perhaps. `undefined`: somebody has deleted it. */
export const performPullRequest = async (
  { client, settings }: Doing,
  marker: string,
  issue_number: number,
  step: PullRequestStep,
  since: number | undefined,
): Promise<Commented | undefined> => {
  const { owner, repo } = settings;
  const body = step.text;
  if (step.kind === 'edit') {
    const edit = client.ask('change the comment', (octokit) =>
      octokit.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
        owner,
        repo,
        comment_id: step.comment,
        body,
      }),
    );
    const edited = await unlessGone(client, settings, edit);
    return edited === undefined ? undefined : { comment: step.comment, isNew: true };
  }
  const at = { owner, repo, issue_number };
  if (since !== undefined) {
    const found = await findIn(
      client,
      'look for the comment',
      (octokit, page) =>
        octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...at, since: sinceTime(since), ...page }),
      (comment) => comment.body?.includes(marker) === true,
    );
    if (found !== undefined) return { comment: Number(found.id), isNew: false };
  }
  const { data } = await client.ask(`comment on the pull request ${issue_number}`, (octokit) =>
    octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...at, body }),
  );
  return { comment: Number(data.id), isNew: true };
};
