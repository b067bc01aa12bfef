import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Revision, Rollout } from '../../../deployment/observations.ts';
import { tracedRollout } from '../traces.ts';
import type { EcsWork } from '../work.ts';
import type { OwnJob } from './config.ts';

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
