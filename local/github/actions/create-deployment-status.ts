import type { RepositoryAction, RepositoryCall } from '../action.ts';
import { requiredDeployment } from '../deployments.ts';
import type { Deployment, DeploymentState, DeploymentStatus } from '../model.ts';
import { invalidRequest } from '../refusal.ts';
import { shownDeploymentStatus } from '../shown.ts';
import { shortDescription, webAddress } from '../texts.ts';

const STATES = [
  'error',
  'failure',
  'inactive',
  'in_progress',
  'queued',
  'pending',
  'success',
] as const satisfies readonly DeploymentState[];

/** repos/create-deployment-status. A success makes others inactive, unless `auto_inactive` is false. */
export const createDeploymentStatus: RepositoryAction = {
  method: 'POST',
  path: '/deployments/{}/statuses',
  needs: [{ deployments: 'write' }],
  run(call) {
    const deployment = requiredDeployment(call);
    const { body } = call;
    const state = body.oneOf('state', STATES);
    if (state === undefined) throw invalidRequest('"state" wasn\'t supplied.');
    const address = (name: string) => webAddress('DeploymentStatus', name, body.text(name) ?? '');
    const target = address('target_url');
    const status: DeploymentStatus = {
      id: call.store.nextId(),
      state,
      description: shortDescription('DeploymentStatus', body.text('description') ?? ''),
      environment: body.text('environment') ?? deployment.environment,
      logUrl: address('log_url') || target,
      environmentUrl: address('environment_url'),
      creator: call.token.actor,
      createdAt: call.now,
    };
    const autoInactive = body.boolean('auto_inactive') ?? true;
    body.end();
    deployment.statuses.push(status);
    deployment.environment = status.environment;
    deployment.updatedAt = call.now;
    if (state === 'success' && autoInactive) endOthers(call, deployment);
    return {
      status: 201,
      headers: { location: `${call.base}/deployments/${deployment.id}/statuses/${status.id}` },
      body: shownDeploymentStatus(call, deployment, status),
    };
  },
};

/** "All prior non-transient, non-production environment deployments with the same repository and environment name", that had a success. */
const endOthers = ({ repository, store, now, token }: RepositoryCall, { id, environment }: Deployment): void => {
  for (const prior of repository.deployments) {
    const last = prior.statuses.at(-1);
    if (prior.id >= id || prior.environment !== environment || prior.transient || prior.production || last?.state !== 'success')
      continue;
    prior.statuses.push({
      ...last,
      id: store.nextId(),
      state: 'inactive',
      description: '',
      creator: token.actor,
      createdAt: now,
    });
  }
};
