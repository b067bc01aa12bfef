import type { RepositoryAction } from '../action.ts';
import type { CommitStatus } from '../model.ts';
import { GitHubRefusal, invalidRequest, validationFailed } from '../refusal.ts';
import { shownCommitStatus } from '../shown.ts';
import { shortDescription, webAddress } from '../texts.ts';

const STATES = ['error', 'failure', 'pending', 'success'] as const satisfies readonly CommitStatus['state'][];

/** "There is a limit of 1000 statuses per sha and context within a repository." */
const MOST = 1000;

/** repos/create-commit-status: of a full SHA. Contexts are the same in any case. */
export const createCommitStatus: RepositoryAction = {
  method: 'POST',
  path: '/statuses/{}',
  needs: [{ statuses: 'write' }],
  run(call) {
    const {
      repository,
      body,
      parameters: [sha = ''],
    } = call;
    const state = body.oneOf('state', STATES);
    if (state === undefined) throw invalidRequest('"state" wasn\'t supplied.');
    const context = body.text('context') ?? 'default';
    const description = body.nullable('description') ?? null;
    const targetUrl = body.nullable('target_url') ?? null;
    body.end();
    if (!repository.commits.has(sha)) throw new GitHubRefusal(422, `No commit found for SHA: ${sha}`);
    const earlier = repository.statuses.filter(
      (status) => status.sha === sha && status.context.toLowerCase() === context.toLowerCase(),
    );
    if (earlier.length >= MOST)
      throw validationFailed({
        resource: 'Status',
        code: 'custom',
        field: 'base',
        message: 'This SHA and context has reached the maximum number of statuses.',
      });
    const status: CommitStatus = {
      id: call.store.nextId(),
      sha,
      state,
      context,
      description: description === null ? null : shortDescription('Status', description),
      targetUrl: targetUrl === null ? null : webAddress('Status', 'target_url', targetUrl),
      creator: call.token.actor,
      createdAt: call.now,
    };
    repository.statuses.push(status);
    return { status: 201, headers: { location: `${call.base}/statuses/${sha}` }, body: shownCommitStatus(call, status) };
  },
};
