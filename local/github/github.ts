import type { HttpApp, HttpRequest } from '../ports.ts';
import { admitted, type Caller, callerOf } from './access.ts';
import type { Answer, Call, RepositoryAction, RepositoryCall } from './action.ts';
import { readBody } from './body.ts';
import { count, limitHeaders } from './limits.ts';
import type { Repository } from './model.ts';
import { GLOBAL, OF_REPOSITORIES } from './operations.ts';
import { GitHubRefusal, notFound } from './refusal.ts';
import { createGitHubStore, type GitHubSettings, type GitHubStore, nameKey } from './store.ts';

/** "API Versions" (GitHub docs): the versions that are supported; without the header it is the first. */
const VERSIONS = ['2022-11-28', '2026-03-10'];

const DOCUMENTATION = 'https://docs.github.com/rest';

/**
 * A stand-in for GitHub's REST API: what the pipeline asks of it, and what a test or a demonstration asks to see. Written from
 * github/rest-api-description (the operations' names stand beside them) and from github/docs, of which each rule names the page.
 */
export const createGitHub = (settings: GitHubSettings): HttpApp => {
  const store = createGitHubStore(settings);
  return async (request) => {
    const who: { caller?: Caller | undefined } = {};
    const { status, headers = {}, body } = answered(store, request, who);
    return {
      status,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
        'x-github-media-type': 'github.v3; format=json',
        ...limitHeaders(store, keyOf(who.caller)),
        ...headers,
      },
      body: body === undefined ? '' : JSON.stringify(body),
    };
  };
};

const keyOf = (caller: Caller | undefined): string => (caller?.kind === 'token' ? caller.text : `app ${caller?.app.id ?? ''}`);

const answered = (store: GitHubStore, request: HttpRequest, who: { caller?: Caller | undefined }): Answer => {
  try {
    return route(store, request, who);
  } catch (error) {
    if (!(error instanceof GitHubRefusal)) throw error;
    const { status, message, more, headers } = error;
    return { status, headers, body: { message, ...more, documentation_url: DOCUMENTATION, status: String(status) } };
  }
};

const route = (
  store: GitHubStore,
  { method, path, headers = {}, body = '' }: HttpRequest,
  who: { caller?: Caller | undefined },
): Answer => {
  requireHeaders(headers);
  const asked = new URL(path, store.address);
  const under = new URL(store.address).pathname.replace(/\/$/, '');
  const inner = asked.pathname.startsWith(under) ? asked.pathname.slice(under.length) : asked.pathname;
  const caller = callerOf(store, headers['authorization']);
  who.caller = caller;
  const call: Omit<Call, 'parameters' | 'body'> = {
    store,
    now: store.clock.now(),
    query: asked.searchParams,
    asked: new URL(path, store.address),
    caller,
  };
  const found = match(GLOBAL, method, inner);
  const isRepository = /^\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)(?:\/|$)/.test(inner);
  if (found !== undefined) {
    if (inner !== '/rate_limit') count(store, keyOf(caller), method, false);
    return found.action.run({ ...call, parameters: found.parameters, body: readBody(body) });
  }
  if (!isRepository) throw notFound();
  return ofRepository(call, { method, inner, body });
};

/** "User agent required" and "Not a supported version" ("Troubleshooting the REST API"). */
const requireHeaders = (headers: Readonly<Record<string, string>>): void => {
  if ((headers['user-agent'] ?? '').trim() === '')
    throw new GitHubRefusal(
      403,
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.',
    );
  const version = headers['x-github-api-version'];
  if (version !== undefined && !VERSIONS.includes(version))
    throw new GitHubRefusal(
      400,
      `"${version}" is not a supported version of the API. Supported versions are: ${VERSIONS.join(', ')}`,
    );
};

interface Found<Action> {
  readonly action: Action;
  readonly parameters: readonly string[];
}

const match = <Action extends { method: string; path: string }>(
  actions: readonly Action[],
  method: string,
  path: string,
): Found<Action> | undefined => {
  for (const action of actions) {
    if (action.method !== method) continue;
    const parts = new RegExp(`^${action.path.replaceAll('{}', '([^/]+)')}$`).exec(path);
    if (parts !== null) return { action, parameters: parts.slice(1).map((part) => decodeURIComponent(part)) };
  }
  return undefined;
};

const ofRepository = (
  call: Omit<Call, 'parameters' | 'body'>,
  { method, inner, body }: { readonly method: string; readonly inner: string; readonly body: string },
): Answer => {
  const { store, caller } = call;
  const [, first = '', second = '', third = ''] = inner.split('/');
  const byId = first === 'repositories';
  const name = byId ? undefined : nameKey(`${decodeURIComponent(second)}/${decodeURIComponent(third)}`);
  const repository = byId
    ? [...store.repositories.values()].find(({ id }) => id === Number(second))
    : store.repositories.get(name ?? '');
  const rest = inner.split('/').slice(byId ? 3 : 4);
  const found = match(OF_REPOSITORIES, method, rest.length === 0 ? '' : `/${rest.join('/')}`);
  count(store, keyOf(caller), method, found?.action.createsContent === true);
  if (repository === undefined || found === undefined) throw notFound();
  const token = admitted(repository, caller, found.action.needs);
  if (name !== undefined && name !== nameKey(repository.fullName)) return moved(store, method, repository, rest, call.asked);
  requireOpen(repository, found.action);
  const base = `${store.address}/repos/${repository.fullName}`;
  const repositoryCall: RepositoryCall = { ...call, parameters: found.parameters, body: readBody(body), repository, token, base };
  const answer = found.action.run(repositoryCall);
  const change = { repository: repository.fullName, method, path: `/${rest.join('/')}`, body: answer.body };
  if (method !== 'GET') store.shown(change);
  return answer;
};

/** "Follow redirects" ("Best practices for using the REST API"): 301 for what reads, 307 for what would change something. */
const moved = (store: GitHubStore, method: string, { id }: Repository, rest: readonly string[], asked: URL): Answer => {
  const url = `${store.address}/repositories/${[id, ...rest].join('/')}${asked.search}`;
  return {
    status: method === 'GET' ? 301 : 307,
    headers: { location: url },
    body: {
      message: 'Moved Permanently',
      url,
      documentation_url: 'https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects',
    },
  };
};

/** An archived repository is read-only ("Archiving repositories"); turned-off issues are gone (issues/create). */
const requireOpen = ({ archived, hasIssues }: Repository, { method, of, path }: RepositoryAction): void => {
  const isReopening = method === 'PATCH' && path === '';
  if (archived && method !== 'GET' && !isReopening) throw new GitHubRefusal(403, 'Repository was archived so is read-only.');
  if (of === 'issues' && !hasIssues) throw new GitHubRefusal(410, 'Issues are disabled for this repo');
};
