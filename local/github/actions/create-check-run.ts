import type { RepositoryAction } from '../action.ts';
import { appOfChecks, takeCheckRun } from '../check-runs.ts';
import type { CheckRun } from '../model.ts';
import { GitHubRefusal } from '../refusal.ts';
import { shownCheckRun } from '../shown.ts';

/** checks/create: by an App alone. */
export const createCheckRun: RepositoryAction = {
  method: 'POST',
  path: '/check-runs',
  needs: [{ checks: 'write' }],
  run(call) {
    const { repository, body } = call;
    const app = appOfChecks(call.token);
    const name = body.required('name');
    const headSha = body.required('head_sha');
    const blank = {
      status: 'queued',
      conclusion: null,
      detailsUrl: null,
      externalId: '',
      startedAt: null,
      completedAt: null,
    } as const;
    const output = { title: null, summary: null, text: null };
    const taken = takeCheckRun(call, { ...blank, output, name });
    body.end();
    if (!repository.commits.has(headSha)) throw new GitHubRefusal(422, `No commit found for SHA: ${headSha}`);
    const run: CheckRun = { ...taken, id: call.store.nextId(), app, headSha };
    repository.checkRuns.push(run);
    return { status: 201, body: shownCheckRun(call, run) };
  },
};
