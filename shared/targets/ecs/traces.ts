import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Rollout } from '../../deployment/observations.ts';

/** A service deployment with the task definition that it brings. */
export interface Traced {
  readonly deployment: ServiceDeployment;
  readonly taskDefinition: string;
}

const createdAt = ({ deployment }: Traced): number => deployment.createdAt?.getTime() ?? 0;

export const newestFirst = (all: readonly Traced[]): readonly Traced[] =>
  [...all].sort((one, other) => createdAt(other) - createdAt(one));

/**
 * The service deployment of a rollout, among the newest ones. ECS does not tell the two ids together: it is the one that
 * brings the rollout's revision, and of several the one that was created when the rollout was.
 */
export const traceOf = (recent: readonly Traced[], { id, revision, startedAt }: Rollout): Traced | undefined => {
  const known = recent.find(({ deployment }) => deployment.serviceDeploymentArn === id);
  const [first, ...others] = recent.filter(({ taskDefinition }) => taskDefinition === revision.id);
  if (known !== undefined || first === undefined || id === '') return known ?? first;
  const distance = (traced: Traced) => Math.abs(createdAt(traced) - startedAt);
  return others.reduce((nearest, traced) => (distance(traced) < distance(nearest) ? traced : nearest), first);
};

/** The pause that waits for an answer, by its id. */
export const waitingPause = ({ lifecycleHookDetails = [] }: ServiceDeployment): string | undefined =>
  lifecycleHookDetails.find(({ targetType, status }) => targetType === 'PAUSE' && status === 'AWAITING_ACTION')?.hookId;

/** A rollout found only here has the service deployment's ARN as its id. */
export const tracedRollout = ({ deployment }: Traced, revision: Rollout['revision'], now: () => number): Rollout => ({
  revision,
  id: deployment.serviceDeploymentArn ?? '',
  startedAt: deployment.createdAt?.getTime() ?? now(),
});

/**
 * What has become of a service deployment. There is no FAILED: only SUCCESSFUL is success (API reference, ServiceDeployment).
 */
export const fateOf = ({ deployment: { status } }: Traced): 'under-way' | 'succeeded' | 'undoing' | 'undone' => {
  switch (status) {
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
    case 'STOP_REQUESTED':
      return 'undoing';
    case 'ROLLBACK_SUCCESSFUL':
    case 'ROLLBACK_FAILED':
    case 'STOPPED':
      return 'undone';
    case 'SUCCESSFUL':
      return 'succeeded';
    case 'PENDING':
    case 'IN_PROGRESS':
    case undefined:
      return 'under-way';
  }
};
