import { RequestError } from '@octokit/request-error';
import { FinalError, LaterError } from '../../errors.ts';
import { retryAfter } from '../answers.ts';

/** What GitHub refuses, by its code of docs/errors.md, and what to do about it. @public */
export const GITHUB_REFUSALS = {
  'github-credentials': 'put a token, or a key of the App, that is valid where the catalogue refers to it',
  'github-denied': 'give the token or the App the permissions of docs/notifications.md, for this repository',
  'github-not-found': 'correct "repository", or let the token or the App reach it',
  'github-moved': 'write its new name in the catalogue',
  'github-archived': 'unarchive it, or take it out of the catalogue',
  'github-issues-disabled': 'turn issues on in it, or write "issues: false" in the catalogue',
  'github-commit-unknown': 'push it there, or ask with a commit of that repository',
  'github-refused': 'see what it says',
} as const;

export type GitHubRefusal = keyof typeof GITHUB_REFUSALS;

/** An answer that will be the same next time. */
export class GitHubRefusedError extends FinalError {
  readonly status: number;

  constructor(code: GitHubRefusal, what: string, said: string, status: number) {
    super(code, `cannot ${what}: GitHub says "${said}" (${status}); ${GITHUB_REFUSALS[code]}`);
    this.status = status;
  }
}

/** "Otherwise, wait for at least one minute before retrying" ("Rate limits for the REST API"). */
const PATIENCE_SECONDS = 60;

/**
 * What to make of an answer. `LaterError`: GitHub asks for patience, by either of its rate limits. `GitHubRefusedError`: it will be the
 * same next time. `undefined`: nobody knows whether it was done (no answer, or 5xx).
 */
export const meaningOf = (error: unknown, what: string, now: number): GitHubRefusedError | LaterError | undefined => {
  if (!(error instanceof RequestError) || error.response === undefined || error.status >= 500) return undefined;
  const { status, response } = error;
  const said = saidIn(response.data) ?? error.message;
  const headers = new Headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
  const seconds = patience(status, said, headers, now);
  if (seconds !== undefined) return new LaterError(seconds, `cannot ${what} now: GitHub asks for ${seconds} seconds: ${said}`);
  return new GitHubRefusedError(codeOf(status, said), what, said, status);
};

const patience = (status: number, said: string, headers: Headers, now: number): number | undefined => {
  if (status !== 403 && status !== 429) return undefined;
  const asked = retryAfter(headers, now);
  if (asked !== undefined) return Math.max(1, asked);
  if (headers.get('x-ratelimit-remaining') === '0')
    return Math.max(1, Math.ceil(Number(headers.get('x-ratelimit-reset')) - now / 1000) || PATIENCE_SECONDS);
  return status === 429 || /rate limit/i.test(said) ? PATIENCE_SECONDS : undefined;
};

const codeOf = (status: number, said: string): GitHubRefusal => {
  switch (status) {
    case 401:
      return 'github-credentials';
    case 403:
      return /archived/i.test(said) ? 'github-archived' : 'github-denied';
    case 404:
      return 'github-not-found';
    case 410:
      return 'github-issues-disabled';
    case 422:
      return /^No (?:ref|commit) found/i.test(said) ? 'github-commit-unknown' : 'github-refused';
    default:
      return 'github-refused';
  }
};

/** Its message, and of a "Validation Failed" what was wrong. */
const saidIn = (data: unknown): string | undefined => {
  if (typeof data !== 'object' || data === null || !('message' in data)) return undefined;
  const errors = 'errors' in data ? ` ${JSON.stringify(data.errors)}` : '';
  return `${String(data.message)}${errors}`.slice(0, 500);
};
