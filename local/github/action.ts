import type { Caller, Needs } from './access.ts';
import type { Body } from './body.ts';
import type { Repository, Token } from './model.ts';
import type { GitHubStore } from './store.ts';

/** A request to an operation, its path taken apart. */
export interface Call {
  readonly store: GitHubStore;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The path's, in its order. */
  readonly parameters: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Body;
  /** The path and query that were asked for: pages link to one another by it. */
  readonly asked: URL;
  readonly caller: Caller | undefined;
}

/** A request to an operation of a repository, by one who may make it. */
export interface RepositoryCall extends Call {
  readonly repository: Repository;
  readonly token: Token;
  /** Of the repository: `https://…/repos/owner/name`. */
  readonly base: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** `undefined`: there is none. */
  readonly body?: unknown;
}

interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** With `{}` for each parameter; an operation of a repository begins after `/repos/{owner}/{repo}`. */
  readonly path: string;
  /** It makes what people are told of: the secondary limits count that apart. */
  readonly createsContent?: boolean;
}

/** One operation of GitHub's REST API on a repository. Throws `GitHubRefusal` for a no. */
export interface RepositoryAction extends Operation {
  readonly needs: Needs;
  /** It is about issues, which a repository may have turned off; or works in an archived repository too. */
  readonly of?: 'issues';
  readonly run: (call: RepositoryCall) => Answer;
}

/** One that is no repository's. */
export interface GlobalAction extends Operation {
  readonly run: (call: Call) => Answer;
}
