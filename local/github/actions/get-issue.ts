import type { RepositoryAction } from '../action.ts';
import { requiredIssue } from '../issues.ts';
import { shownIssue } from '../shown.ts';

/** issues/get. */
export const getIssue: RepositoryAction = {
  method: 'GET',
  path: '/issues/{}',
  needs: [{ issues: 'read' }, { pull_requests: 'read' }],
  of: 'issues',
  run: (call) => ({ status: 200, body: shownIssue(call, requiredIssue(call)) }),
};
