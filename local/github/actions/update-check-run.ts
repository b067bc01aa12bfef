import type { RepositoryAction } from '../action.ts';
import { appOfChecks, takeCheckRun } from '../check-runs.ts';
import { notFound } from '../refusal.ts';
import { shownCheckRun } from '../shown.ts';

/** checks/update: by the App that made it. */
export const updateCheckRun: RepositoryAction = {
  method: 'PATCH',
  path: '/check-runs/{}',
  needs: [{ checks: 'write' }],
  run(call) {
    const app = appOfChecks(call.token);
    const run = call.repository.checkRuns.find(({ id }) => id === Number(call.parameters[0]));
    if (run === undefined || run.app.id !== app.id) throw notFound();
    const name = call.body.text('name');
    const taken = takeCheckRun(call, run);
    call.body.end();
    Object.assign(run, taken, { name: name ?? run.name });
    return { status: 200, body: shownCheckRun(call, run) };
  },
};
