import type { RepositoryAction } from '../action.ts';
import { takeLabels, takeTitle } from '../issues.ts';
import type { Issue } from '../model.ts';
import { shownIssue } from '../shown.ts';
import { bodyText } from '../texts.ts';

/** issues/create. Labels that are not there yet are made. */
export const createIssue: RepositoryAction = {
  method: 'POST',
  path: '/issues',
  needs: [{ issues: 'write' }],
  of: 'issues',
  createsContent: true,
  run(call) {
    const { repository, body, store, now } = call;
    const title = takeTitle(body.required('title'));
    const text = body.text('body');
    const labels = takeLabels(repository, body.texts('labels') ?? []);
    body.end();
    const issue: Issue = {
      id: store.nextId(),
      number: Math.max(0, ...repository.issues.map(({ number }) => number)) + 1,
      title,
      body: text === undefined ? null : bodyText('Issue', text),
      state: 'open',
      stateReason: null,
      labels,
      author: call.token.actor,
      createdAt: now,
      updatedAt: now,
      closedAt: null,
      isPullRequest: false,
      locked: false,
      comments: [],
    };
    repository.issues.push(issue);
    return { status: 201, headers: { location: `${call.base}/issues/${issue.number}` }, body: shownIssue(call, issue) };
  },
};
