import type { Basics } from '../ports.ts';
import { LIMITS, type Limits, type Usage } from './limits.ts';
import type { App, Installation, Issue, Permissions, Repository, Token } from './model.ts';

/** Something that was made or changed, as its answer shows it: `POST`, `/deployments` of `acme/app`. */
export interface Change {
  readonly repository: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export interface GitHubStore extends Omit<Basics, 'place'> {
  /** Where it listens, without a slash at the end: what its own links begin with. */
  readonly address: string;
  readonly limits: Limits;
  /** By full name in lower case: what a repository is called now, and what it was called before. */
  readonly repositories: Map<string, Repository>;
  readonly apps: ReadonlyMap<number, App>;
  readonly tokens: Map<string, Token>;
  /** By token: how much of its limits is used. */
  readonly usage: Map<string, Usage>;
  readonly shown: (change: Change) => void;
  /** Numbers things across all repositories. */
  readonly nextId: () => number;
}

export interface RepositorySetting {
  readonly commits?: Readonly<Record<string, string>>;
  readonly refs?: Readonly<
    Record<string, string | { readonly sha: string; readonly isBehind?: boolean; readonly conflicts?: boolean }>
  >;
  /** Titles by number. */
  readonly pullRequests?: Readonly<Record<number, string>>;
}

export interface GitHubSettings extends Omit<Basics, 'place'> {
  readonly address: string;
  /** Of what is made or changed in a repository. */
  readonly shown?: (change: Change) => void;
  /** Other limits than GitHub's own, which a test would take long to reach. */
  readonly limits?: Partial<Limits>;
  /** By full name. */
  readonly repositories: Readonly<Record<string, RepositorySetting>>;
  readonly apps?: readonly {
    readonly id: number;
    readonly slug: string;
    readonly publicKey: string;
    readonly permissions: Permissions;
    /** By the installation's number: full names. */
    readonly installations: Readonly<Record<number, readonly string[]>>;
  }[];
  /** Fine-grained personal access tokens. */
  readonly tokens?: Readonly<
    Record<
      string,
      {
        readonly login: string;
        readonly permissions: Permissions;
        readonly repositories: readonly string[];
        readonly expiresAt?: number;
      }
    >
  >;
}

export const nameKey = (fullName: string): string => fullName.toLowerCase();

/** Everything that the stand-in knows. What people do by git or on pages, its settings say: commits, branches, pull requests, tokens. */
export const createGitHubStore = (settings: GitHubSettings): GitHubStore => {
  let last = 1000;
  const nextId = () => {
    last += 1;
    return last;
  };
  const { clock, random, address, limits } = settings;
  const made = { clock, nextId };
  const repositories = new Map(
    Object.entries(settings.repositories).map(([name, setting]) => [nameKey(name), repositoryOf(made, name, setting)]),
  );
  const idsOf = (names: readonly string[]) => new Set(names.map((name) => requiredId(repositories, name)));
  const apps = (settings.apps ?? []).map((app): App => {
    const installations = Object.entries(app.installations).map(([id, names]) => installationOf(Number(id), idsOf(names)));
    return { ...app, installations: new Map(installations) };
  });
  const tokens = Object.entries(settings.tokens ?? {}).map(([text, { login, permissions, repositories: names, expiresAt }]) => {
    const actor = { id: nextId(), login, type: 'User' } as const;
    return [text, { actor, permissions, repositories: idsOf(names), expiresAt: expiresAt ?? Number.POSITIVE_INFINITY }] as const;
  });
  return {
    clock,
    random,
    address,
    limits: { ...LIMITS, ...limits },
    repositories,
    apps: new Map(apps.map((app) => [app.id, app])),
    tokens: new Map<string, Token>(tokens),
    usage: new Map(),
    shown: settings.shown ?? (() => undefined),
    nextId,
  };
};

const requiredId = (repositories: GitHubStore['repositories'], name: string): number => {
  const found = repositories.get(nameKey(name));
  if (found === undefined) throw new Error(`the local GitHub has no repository "${name}"`);
  return found.id;
};

const installationOf = (id: number, repositories: ReadonlySet<number>): [number, Installation] => [
  id,
  { id, repositories, suspended: false },
];

type Making = Pick<GitHubStore, 'clock' | 'nextId'>;

const repositoryOf = (
  making: Making,
  fullName: string,
  { commits = {}, refs = {}, pullRequests = {} }: RepositorySetting,
): Repository => ({
  id: making.nextId(),
  fullName,
  archived: false,
  hasIssues: true,
  defaultBranch: 'main',
  commits: new Map(Object.entries(commits)),
  refs: new Map(Object.entries(refs).map(([name, ref]) => [name, typeof ref === 'string' ? { sha: ref } : ref])),
  deployments: [],
  statuses: [],
  checkRuns: [],
  issues: Object.entries(pullRequests).map(([number, title]) => pullRequestOf(making, Number(number), title)),
  labels: new Set(),
});

const pullRequestOf = ({ clock, nextId }: Making, number: number, title: string): Issue => ({
  id: nextId(),
  number,
  title,
  body: null,
  state: 'open',
  stateReason: null,
  labels: [],
  author: { id: nextId(), login: 'author', type: 'User' },
  createdAt: clock.now(),
  updatedAt: clock.now(),
  closedAt: null,
  isPullRequest: true,
  locked: false,
  comments: [],
});
