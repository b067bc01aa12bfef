import type { RepositoryCall } from './action.ts';
import type { App, CheckRun, CheckStatus, Conclusion, Token } from './model.ts';
import { GitHubRefusal, invalidRequest } from './refusal.ts';
import { webAddress } from './texts.ts';

const STATUSES = ['queued', 'in_progress', 'completed'] as const satisfies readonly CheckStatus[];
/** "You cannot change a check run conclusion to `stale`, only GitHub can set this." */
const CONCLUSIONS = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'success',
  'skipped',
  'timed_out',
] as const satisfies readonly Conclusion[];

const LONGEST = 65_535;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** "OAuth apps and personal access tokens (classic) cannot use this endpoint." */
export const appOfChecks = ({ app }: Token): App => {
  if (app === undefined) throw new GitHubRefusal(403, 'You must authenticate via a GitHub App.');
  return app;
};

type Changing = Omit<CheckRun, 'id' | 'app' | 'headSha' | 'name'> & { readonly name: string };

/** What a request says of a check run; the rest stays as it was. A conclusion completes it, and it is not complete without one. */
export const takeCheckRun = ({ body, now }: Pick<RepositoryCall, 'body' | 'now'>, before: Changing): Changing => {
  const conclusion = body.oneOf('conclusion', CONCLUSIONS);
  const completedAt = timeIn(body.text('completed_at'), 'completed_at');
  const asked = body.oneOf('status', STATUSES);
  if (conclusion === undefined && (asked === 'completed' || completedAt !== undefined))
    throw invalidRequest('"conclusion" wasn\'t supplied.');
  const status = conclusion === undefined ? (asked ?? before.status) : 'completed';
  const details = body.text('details_url');
  return {
    name: before.name,
    status,
    conclusion: conclusion ?? (status === 'completed' ? before.conclusion : null),
    detailsUrl: details === undefined ? before.detailsUrl : webAddress('CheckRun', 'details_url', details),
    externalId: body.text('external_id') ?? before.externalId,
    startedAt: timeIn(body.text('started_at'), 'started_at') ?? before.startedAt,
    completedAt: completedAt ?? (conclusion === undefined ? before.completedAt : new Date(now).toISOString()),
    output: outputIn(body, before.output),
  };
};

const timeIn = (text: string | undefined, name: string): string | undefined => {
  if (text !== undefined && !TIME.test(text))
    throw invalidRequest(`For 'properties/${name}', ${JSON.stringify(text)} is not a valid date-time.`);
  return text;
};

/** "title" and "summary" are required; summary and text have at most 65535 characters. */
const outputIn = (body: RepositoryCall['body'], before: CheckRun['output']): CheckRun['output'] => {
  const output = body.object('output');
  if (output === undefined) return before;
  const long = (name: 'summary' | 'text', text: string | undefined): string | null => {
    if ((text?.length ?? 0) > LONGEST)
      throw invalidRequest(`For 'properties/${name}', it exceeds a maximum length of ${LONGEST}.`);
    return text ?? null;
  };
  return {
    title: output.required('title'),
    summary: long('summary', output.required('summary')),
    text: long('text', output.text('text')) ?? before.text,
  };
};
