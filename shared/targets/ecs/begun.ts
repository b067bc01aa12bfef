import type { Service } from '@aws-sdk/client-ecs';
import type { Rollout } from '../../deployment/observations.ts';
import { rolloutOf } from './services.ts';
import { type Described, deploymentIn, isLater, revisionOf } from './task-definitions.ts';
import { tracedRollout } from './traces.ts';
import type { EcsJob, EcsWork } from './work.ts';

/**
 * Calls have no client token, so our own rollout is looked for before it is begun once more: among what the service runs,
 * and among its service deployments, also those that failed or were undone. Our revision carries the deployment's id as a
 * tag, and was registered after what ran before. Without `service`: of one that shifts traffic, of which its service deployments tell.
 */
export const findBegun = async (work: EcsWork, job: EcsJob, service?: Service): Promise<Rollout | undefined> => {
  const before = job.before?.revision.id;
  const known = new Map<string, Described>();
  const describedOurs = async (arn: string): Promise<Described | undefined> => {
    if (arn === '' || (before !== undefined && !isLater(arn, before))) return undefined;
    const described = known.get(arn) ?? (await work.calls.definition(arn));
    known.set(arn, described);
    return deploymentIn(described) === job.deployment ? described : undefined;
  };
  for (const deployment of service?.deployments ?? []) {
    const ours = await describedOurs(deployment.taskDefinition ?? '');
    if (ours !== undefined) return rolloutOf(deployment, revisionOf(ours, job.config), work.now);
  }
  for (const traced of await work.calls.recent(job.config)) {
    const ours = await describedOurs(traced.taskDefinition);
    if (ours !== undefined) return tracedRollout(traced, revisionOf(ours, job.config), work.now);
  }
  return undefined;
};
