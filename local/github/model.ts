/** Who acts: an App's installation, or a person with a token. */
export interface Actor {
  readonly id: number;
  /** `deployer[bot]` of an App. */
  readonly login: string;
  readonly type: 'User' | 'Bot';
}

/** What a token may do, by GitHub's names of permissions ("Permissions required for GitHub Apps"). `write` holds `read`. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

/** What opens the API: a fine-grained personal access token, or an installation's. */
export interface Token {
  readonly actor: Actor;
  readonly permissions: Permissions;
  /** By their numbers: a repository that is renamed stays the same. */
  readonly repositories: ReadonlySet<number>;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The App whose installation it is. */
  readonly app?: App;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  /** PEM; its private half signs the App's JWTs. */
  readonly publicKey: string;
  readonly permissions: Permissions;
  readonly installations: Map<number, Installation>;
}

export interface Installation {
  readonly id: number;
  readonly repositories: ReadonlySet<number>;
  suspended: boolean;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly payload: Readonly<Record<string, unknown>> | string;
  readonly originalEnvironment: string;
  environment: string;
  readonly description: string | null;
  readonly creator: Actor;
  readonly createdAt: number;
  updatedAt: number;
  readonly transient: boolean;
  readonly production: boolean;
  /** In the order in which they were made. */
  readonly statuses: DeploymentStatus[];
}

export type DeploymentState = 'error' | 'failure' | 'inactive' | 'in_progress' | 'queued' | 'pending' | 'success';

export interface DeploymentStatus {
  readonly id: number;
  readonly state: DeploymentState;
  readonly description: string;
  readonly environment: string;
  readonly logUrl: string;
  readonly environmentUrl: string;
  readonly creator: Actor;
  readonly createdAt: number;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: Actor;
  readonly createdAt: number;
}

export type CheckStatus = 'queued' | 'in_progress' | 'completed';
export type Conclusion = 'action_required' | 'cancelled' | 'failure' | 'neutral' | 'success' | 'skipped' | 'timed_out';

export interface CheckRun {
  readonly id: number;
  readonly app: App;
  readonly headSha: string;
  name: string;
  status: CheckStatus;
  conclusion: Conclusion | null;
  detailsUrl: string | null;
  externalId: string;
  startedAt: string | null;
  completedAt: string | null;
  output: { readonly title: string | null; readonly summary: string | null; readonly text: string | null };
}

/** An issue, or what a pull request shares with one. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'reopened' | null;
  labels: readonly string[];
  readonly author: Actor;
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  readonly isPullRequest: boolean;
  locked: boolean;
  readonly comments: Comment[];
}

export interface Comment {
  readonly id: number;
  body: string;
  readonly author: Actor;
  readonly createdAt: number;
  updatedAt: number;
}

/** A branch or tag; what only a branch has: whether the default branch has commits that it lacks, and whether they would conflict. */
export interface Ref {
  readonly sha: string;
  readonly isBehind?: boolean;
  readonly conflicts?: boolean;
}

export interface Repository {
  readonly id: number;
  /** `owner/name`, as it is now. */
  fullName: string;
  archived: boolean;
  hasIssues: boolean;
  readonly defaultBranch: string;
  /** By full SHA: the commit's message. */
  readonly commits: Map<string, string>;
  /** By name: `main`, `v1.2.3`. */
  readonly refs: Map<string, Ref>;
  readonly deployments: Deployment[];
  readonly statuses: CommitStatus[];
  readonly checkRuns: CheckRun[];
  /** In the order of their numbers. */
  readonly issues: Issue[];
  readonly labels: Set<string>;
}
