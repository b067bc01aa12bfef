import { Octokit } from '@octokit/core';
import { RequestError } from '@octokit/request-error';
import { LaterError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import { NotDoneError } from '../steps.ts';
import { installationTokens } from './credentials.ts';
import { GitHubRefusedError, meaningOf } from './refusals.ts';
import type { GitHubSettings } from './settings.ts';

/** GitHub, for one repository. */
export interface GitHubClient {
  /**
   * Makes one call. `what`: in words, for whoever reads why it failed. Throws `NotDoneError` where nothing was done, with what it means as
   * its cause; anything else where nobody knows.
   */
  readonly ask: <T>(what: string, call: (octokit: Octokit) => Promise<T>) => Promise<T>;
}

/** GitHub ends requests that take longer than 10 seconds; two of these fit into one step. */
const CALL_MILLISECONDS = 6000;

const VERSION = '2022-11-28';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Clients of the function's life: tokens of installations are kept. */
export const gitHubClients = (runtime: Runtime, secret: (reference: string) => Promise<string>) => {
  const tokens = installationTokens(runtime.now);
  /** Until when GitHub has asked to be left alone, by who is known there: asking on would count too. */
  const patience = new Map<string, number>();

  const octokit = ({ address }: GitHubSettings, signal: AbortSignal, auth?: string): Octokit => {
    const made = new Octokit({
      baseUrl: address,
      userAgent: 'switchyard',
      log: silent,
      request: { fetch: runtime.fetch, redirect: 'manual', signal },
      ...(auth === undefined ? {} : { auth }),
    });
    made.hook.before('request', (options) => {
      options.headers['x-github-api-version'] = VERSION;
    });
    return made;
  };

  const tokenFor = async (settings: GitHubSettings, signal: AbortSignal): Promise<string> => {
    const { app, token = '', repo } = settings;
    if (app === undefined) return (await secret(token)).trim();
    return tokens.token(octokit(settings, signal), app, repo, () => secret(app.key));
  };

  /** A token of an installation may have ended before its time: another one is got, once. */
  const attempt = async <T>(
    settings: GitHubSettings,
    signal: AbortSignal,
    call: (octokit: Octokit) => Promise<T>,
  ): Promise<T> => {
    const token = await tokenFor(settings, signal);
    try {
      return await call(octokit(settings, signal, token));
    } catch (error) {
      if (settings.app === undefined || !(error instanceof RequestError) || error.status !== 401) throw error;
      tokens.forget(token);
      return call(octokit(settings, signal, await tokenFor(settings, signal)));
    }
  };

  const requirePatience = (caller: string, doing: string): void => {
    const left = (patience.get(caller) ?? 0) - runtime.now();
    if (left <= 0) return;
    const later = new LaterError(Math.ceil(left / 1000), `cannot ${doing} now: GitHub has asked for patience`);
    throw new NotDoneError(later.message, { cause: later });
  };

  return (settings: GitHubSettings): GitHubClient => ({
    async ask(what, call) {
      const doing = `${what} in ${settings.repository}`;
      const { address, app, token } = settings;
      const caller = JSON.stringify([address, app?.installation ?? token]);
      requirePatience(caller, doing);
      const { signal, cancel } = runtime.timeout(CALL_MILLISECONDS);
      try {
        const answer = await attempt(settings, signal, call);
        requireHere(answer, doing);
        return answer;
      } catch (error) {
        const meaning = error instanceof GitHubRefusedError ? error : meaningOf(error, doing, runtime.now());
        if (meaning instanceof LaterError) patience.set(caller, runtime.now() + meaning.seconds * 1000);
        throw meaning === undefined ? error : new NotDoneError(meaning.message, { cause: meaning });
      } finally {
        cancel();
      }
    },
  });
};

/** Octokit takes a redirect for an answer. It is not followed: where a repository was, another one may be some day. */
const requireHere = (answer: unknown, doing: string): void => {
  const { status = 200, data } = (typeof answer === 'object' && answer !== null ? answer : {}) as {
    status?: number;
    data?: unknown;
  };
  if (status < 300 || status >= 400) return;
  const said = typeof data === 'object' && data !== null && 'message' in data ? String(data.message) : 'it has moved';
  throw new GitHubRefusedError('github-moved', doing, said, status);
};

const refusalIn = (error: unknown): GitHubRefusedError | undefined => {
  const { cause } = error instanceof NotDoneError ? error : {};
  return cause instanceof GitHubRefusedError ? cause : undefined;
};

/** The answer, or `undefined` where it was refused with that status. */
export const unless = async <T>(status: number, work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (refusalIn(error)?.status === status) return undefined;
    throw error;
  }
};

/**
 * The answer, or `undefined` where what it is about is there no more: an issue that was deleted is gone (410), other things are not found.
 * A repository that may not be reached any more is not found either: that is another matter.
 */
export const unlessGone = async <T>(
  { ask }: GitHubClient,
  { owner, repo }: GitHubSettings,
  work: Promise<T>,
): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal?.status === 410 && /deleted/i.test(refusal.message)) return undefined;
    if (refusal?.status !== 404) throw error;
    await ask('reach the repository', (octokit) => octokit.request('GET /repos/{owner}/{repo}', { owner, repo }));
    return undefined;
  }
};
