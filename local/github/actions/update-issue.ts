import type { RepositoryAction } from '../action.ts';
import { requiredIssue, takeLabels, takeTitle } from '../issues.ts';
import { shownIssue } from '../shown.ts';
import { bodyText } from '../texts.ts';

const STATES = ['open', 'closed'] as const;
const REASONS = ['completed', 'not_planned', 'reopened'] as const;

/** issues/update: title, body, labels, state. The reason counts only where the state changes. */
export const updateIssue: RepositoryAction = {
  method: 'PATCH',
  path: '/issues/{}',
  needs: [{ issues: 'write' }],
  of: 'issues',
  run(call) {
    const { repository, body, now } = call;
    const issue = requiredIssue(call);
    const title = body.text('title');
    const text = body.nullable('body');
    const state = body.oneOf('state', STATES);
    const reason = body.oneOf('state_reason', REASONS);
    const labels = body.texts('labels');
    body.end();
    if (title !== undefined) issue.title = takeTitle(title);
    if (text !== undefined) issue.body = text === null ? null : bodyText('Issue', text);
    if (labels !== undefined) issue.labels = takeLabels(repository, labels);
    if (state !== undefined && state !== issue.state) {
      issue.state = state;
      issue.closedAt = state === 'closed' ? now : null;
      issue.stateReason = reason ?? (state === 'closed' ? 'completed' : 'reopened');
    }
    issue.updatedAt = now;
    return { status: 200, body: shownIssue(call, issue) };
  },
};
