import type { components } from '@octokit/openapi-types';
import type { RepositoryCall } from './action.ts';
import type { Actor, App, CheckRun, Comment, CommitStatus, Deployment, DeploymentStatus, Issue } from './model.ts';

/** The shapes of GitHub's own description (github/rest-api-description), which the compiler holds these answers to. */
type Schemas = components['schemas'];

type Where = Pick<RepositoryCall, 'base' | 'store' | 'repository'>;

const time = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

const nodeId = (kind: string, id: number): string => Buffer.from(`${kind}${id}`).toString('base64');

/** Where people see it: the web address that belongs to an API's. */
export const webOf = ({ store, repository }: Pick<Where, 'store' | 'repository'>): string =>
  `${store.address.replace(/\/api\/v3$/, '')}/${repository.fullName}`;

const shownUser = ({ store }: Pick<Where, 'store'>, { id, login, type }: Actor): Schemas['simple-user'] => {
  const url = `${store.address}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId('U', id),
    avatar_url: `${store.address}/avatars/u/${id}`,
    gravatar_id: '',
    url,
    html_url: `${store.address}/${encodeURIComponent(login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  };
};

export const shownApp = (where: Pick<Where, 'store'>, { id, slug, permissions }: App): NonNullable<Schemas['integration']> => ({
  id,
  slug,
  node_id: nodeId('A', id),
  owner: shownUser(where, { id, login: slug, type: 'User' }),
  name: slug,
  description: null,
  external_url: `${where.store.address}/apps/${slug}`,
  html_url: `${where.store.address}/apps/${slug}`,
  created_at: time(0),
  updated_at: time(0),
  permissions: { ...permissions },
  events: [],
});

export const shownRepository = ({ base, store, repository }: Where): Partial<Schemas['full-repository']> => ({
  id: repository.id,
  node_id: nodeId('R', repository.id),
  name: repository.fullName.split('/')[1] ?? '',
  full_name: repository.fullName,
  private: true,
  html_url: webOf({ store, repository }),
  url: base,
  default_branch: repository.defaultBranch,
  archived: repository.archived,
  has_issues: repository.hasIssues,
});

export const shownCommit = ({ base, store, repository }: Where, sha: string, message: string): Partial<Schemas['commit']> => ({
  sha,
  node_id: nodeId('C', 0),
  url: `${base}/commits/${sha}`,
  html_url: `${webOf({ store, repository })}/commit/${sha}`,
  comments_url: `${base}/commits/${sha}/comments`,
  commit: {
    author: null,
    committer: null,
    message,
    tree: { sha, url: `${base}/git/trees/${sha}` },
    comment_count: 0,
    url: `${base}/git/commits/${sha}`,
  },
  parents: [],
});

export const shownDeployment = (where: Where, deployment: Deployment): Schemas['deployment'] => {
  const url = `${where.base}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId('D', deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.originalEnvironment,
    environment: deployment.environment,
    description: deployment.description,
    creator: shownUser(where, deployment.creator),
    created_at: time(deployment.createdAt),
    updated_at: time(deployment.updatedAt),
    statuses_url: `${url}/statuses`,
    repository_url: where.base,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
  };
};

export const shownDeploymentStatus = (
  where: Where,
  { id: of }: Deployment,
  status: DeploymentStatus,
): Schemas['deployment-status'] => ({
  url: `${where.base}/deployments/${of}/statuses/${status.id}`,
  id: status.id,
  node_id: nodeId('S', status.id),
  state: status.state,
  creator: shownUser(where, status.creator),
  description: status.description,
  environment: status.environment,
  target_url: status.logUrl,
  created_at: time(status.createdAt),
  updated_at: time(status.createdAt),
  deployment_url: `${where.base}/deployments/${of}`,
  repository_url: where.base,
  environment_url: status.environmentUrl,
  log_url: status.logUrl,
});

export const shownCommitStatus = (where: Where, status: CommitStatus): Schemas['status'] => ({
  url: `${where.base}/statuses/${status.sha}`,
  avatar_url: null,
  id: status.id,
  node_id: nodeId('S', status.id),
  state: status.state,
  description: status.description,
  target_url: status.targetUrl,
  context: status.context,
  created_at: time(status.createdAt),
  updated_at: time(status.createdAt),
  creator: shownUser(where, status.creator),
});

export const shownCheckRun = (where: Where, run: CheckRun): Schemas['check-run'] => ({
  id: run.id,
  head_sha: run.headSha,
  node_id: nodeId('K', run.id),
  external_id: run.externalId,
  url: `${where.base}/check-runs/${run.id}`,
  html_url: `${webOf(where)}/runs/${run.id}`,
  details_url: run.detailsUrl,
  status: run.status,
  conclusion: run.conclusion,
  started_at: run.startedAt,
  completed_at: run.completedAt,
  output: { ...run.output, annotations_count: 0, annotations_url: `${where.base}/check-runs/${run.id}/annotations` },
  name: run.name,
  check_suite: null,
  app: shownApp(where, run.app),
  pull_requests: [],
});

/** The colour of a label that nobody has given one. */
const COLOUR = 'ededed';

export const shownLabel = ({ base }: Where, name: string): Schemas['label'] => ({
  id: 0,
  node_id: nodeId('L', 0),
  url: `${base}/labels/${encodeURIComponent(name)}`,
  name,
  description: null,
  color: COLOUR,
  default: false,
});

export const shownIssue = (where: Where, issue: Issue): Schemas['issue'] => {
  const url = `${where.base}/issues/${issue.number}`;
  const page = `${webOf(where)}/${issue.isPullRequest ? 'pull' : 'issues'}/${issue.number}`;
  return {
    url,
    repository_url: where.base,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    id: issue.id,
    node_id: nodeId('I', issue.id),
    number: issue.number,
    title: issue.title,
    user: shownUser(where, issue.author),
    labels: issue.labels.map((name) => shownLabel(where, name)),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.locked,
    assignee: null,
    milestone: null,
    comments: issue.comments.length,
    created_at: time(issue.createdAt),
    updated_at: time(issue.updatedAt),
    closed_at: issue.closedAt === null ? null : time(issue.closedAt),
    body: issue.body,
    ...(issue.isPullRequest
      ? {
          pull_request: {
            url: `${where.base}/pulls/${issue.number}`,
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
          },
        }
      : {}),
  };
};

export const shownComment = (where: Where, { number, isPullRequest }: Issue, comment: Comment): Schemas['issue-comment'] => ({
  id: comment.id,
  node_id: nodeId('M', comment.id),
  url: `${where.base}/issues/comments/${comment.id}`,
  html_url: `${webOf(where)}/${isPullRequest ? 'pull' : 'issues'}/${number}#issuecomment-${comment.id}`,
  issue_url: `${where.base}/issues/${number}`,
  user: shownUser(where, comment.author),
  created_at: time(comment.createdAt),
  updated_at: time(comment.updatedAt),
  body: comment.body,
});
