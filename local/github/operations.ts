import type { GlobalAction, RepositoryAction } from './action.ts';
import { createCheckRun } from './actions/create-check-run.ts';
import { createComment } from './actions/create-comment.ts';
import { createCommitStatus } from './actions/create-commit-status.ts';
import { createDeployment } from './actions/create-deployment.ts';
import { createDeploymentStatus } from './actions/create-deployment-status.ts';
import { createInstallationAccessToken } from './actions/create-installation-access-token.ts';
import { createIssue } from './actions/create-issue.ts';
import { deleteComment } from './actions/delete-comment.ts';
import { deleteDeployment } from './actions/delete-deployment.ts';
import { getApp } from './actions/get-app.ts';
import { getComment } from './actions/get-comment.ts';
import { getCommit } from './actions/get-commit.ts';
import { getDeployment } from './actions/get-deployment.ts';
import { getIssue } from './actions/get-issue.ts';
import { getRateLimit } from './actions/get-rate-limit.ts';
import { getRepository } from './actions/get-repository.ts';
import { listCheckRuns } from './actions/list-check-runs.ts';
import { listComments } from './actions/list-comments.ts';
import { listCommitStatuses } from './actions/list-commit-statuses.ts';
import { listDeploymentStatuses } from './actions/list-deployment-statuses.ts';
import { listDeployments } from './actions/list-deployments.ts';
import { listIssues } from './actions/list-issues.ts';
import { listLabels } from './actions/list-labels.ts';
import { revokeInstallationAccessToken } from './actions/revoke-installation-access-token.ts';
import { suspendInstallation } from './actions/suspend-installation.ts';
import { updateCheckRun } from './actions/update-check-run.ts';
import { updateComment } from './actions/update-comment.ts';
import { updateIssue } from './actions/update-issue.ts';
import { updateRepository } from './actions/update-repository.ts';

export const GLOBAL: readonly GlobalAction[] = [
  createInstallationAccessToken,
  revokeInstallationAccessToken,
  suspendInstallation,
  getApp,
  getRateLimit,
];

export const OF_REPOSITORIES: readonly RepositoryAction[] = [
  getRepository,
  updateRepository,
  getCommit,
  createDeployment,
  listDeployments,
  getDeployment,
  deleteDeployment,
  createDeploymentStatus,
  listDeploymentStatuses,
  createCommitStatus,
  listCommitStatuses,
  createCheckRun,
  updateCheckRun,
  listCheckRuns,
  getComment,
  updateComment,
  deleteComment,
  createIssue,
  listIssues,
  getIssue,
  updateIssue,
  createComment,
  listComments,
  listLabels,
];
