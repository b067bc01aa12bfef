import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Revision, Rollout } from '../../deployment/observations.ts';
import { revisionOf } from './task-definitions.ts';
import { fateOf, type Traced } from './traces.ts';
import type { EcsJob, EcsWork } from './work.ts';

/** How the strategies that shift traffic are looked at: by service deployments alone, since `rolloutState` is told of rolling ones. */

/** ARN of the service revision that a service deployment brings, or has gone back to; `undefined`: neither is certain. */
const endOf = ({ status, rollback, targetServiceRevision }: ServiceDeployment): string | undefined => {
  switch (status) {
    case 'ROLLBACK_SUCCESSFUL':
    case 'ROLLBACK_IN_PROGRESS':
    case 'ROLLBACK_REQUESTED':
    case 'STOP_REQUESTED':
      return rollback?.serviceRevisionArn;
    case 'ROLLBACK_FAILED':
    case 'STOPPED':
      return undefined;
    default:
      return targetServiceRevision?.arn;
  }
};

/** What runs, or will once ECS has done what it does now. */
export interface Standing {
  /** ARN of the task definition. */
  readonly taskDefinition: string;
  readonly settled: boolean;
}

/** No call where the newest service deployment went well; one more otherwise. A service may have none that ECS remembers. */
export const standingOf = async (
  { calls }: EcsWork,
  { config }: EcsJob,
  service: Service,
  newest?: Traced,
): Promise<Standing> => {
  const named = service.taskDefinition ?? '';
  if (newest === undefined) return { taskDefinition: named, settled: true };
  const { deployment, taskDefinition } = newest;
  const fate = fateOf(newest);
  const settled = fate === 'succeeded' || fate === 'undone';
  const end = endOf(deployment);
  if (end === undefined) return { taskDefinition: named, settled };
  if (end === deployment.targetServiceRevision?.arn) return { taskDefinition, settled };
  return { taskDefinition: await calls.definitionOf(config, end), settled };
};

export const runningNow = async (work: EcsWork, job: EcsJob, standing: Standing): Promise<Revision> =>
  revisionOf(await work.calls.definition(standing.taskDefinition), job.config);

/** Whether the deployment is the rollout's: by its ARN, or, where nobody saw it begin, by what it brings. */
export const isOfRollout = ({ deployment, taskDefinition }: Traced, { id, revision }: Rollout): boolean =>
  id === '' ? taskDefinition === revision.id : deployment.serviceDeploymentArn === id;
