import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Revision, Rollout } from '../../../deployment/types.ts';
import { deploymentIn, isLater, revisionOf } from '../task-definitions.ts';
import { tracedRollout } from '../traces.ts';
import type { EcsWork } from '../work.ts';
import type { OwnJob } from './config.ts';

/** Calls have no client token: our rollout is looked for among the newest deployments, also those that were undone. */
export const findBegun = async ({ calls, now }: EcsWork, job: OwnJob): Promise<Rollout | undefined> => {
  const before = job.before?.revision.id;
  for (const traced of await calls.recent(job.config)) {
    const { taskDefinition } = traced;
    if (taskDefinition === '' || (before !== undefined && !isLater(taskDefinition, before))) continue;
    const described = await calls.definition(taskDefinition);
    if (deploymentIn(described) === job.deployment) return tracedRollout(traced, revisionOf(described, job.config), now);
  }
  return undefined;
};

/** The service deployment that brings a revision. Its ARN is in the answer; one more look where it is not. */
export const bring = async (
  { calls, now }: EcsWork,
  job: OwnJob,
  revision: Revision,
  how: DeploymentConfiguration,
): Promise<Rollout> => {
  const updated = await calls.update(job.config, revision, how);
  const id = updated.currentServiceDeployment;
  if (id !== undefined) return { revision, id, startedAt: now() };
  const begun = (await calls.recent(job.config)).find(({ taskDefinition }) => taskDefinition === revision.id);
  return begun === undefined ? { revision, id: '', startedAt: now() } : tracedRollout(begun, revision, now);
};
