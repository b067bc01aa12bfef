import type { Service } from '@aws-sdk/client-ecs';
import type { Revision, Rollout } from '../../deployment/observations.ts';
import { RefusedError } from '../refused.ts';
import type { Job } from '../target.ts';
import type { EcsCalls } from './calls.ts';
import { type EcsConfig, placeOf } from './config.ts';
import { primaryOf, rolloutOf } from './services.ts';
import { type Described, revisionOf, withImage } from './task-definitions.ts';

export type EcsJob = Job<EcsConfig>;

/**
 * No event tells how far traffic has moved (Developer Guide, "Amazon ECS events"; CodeDeploy User Guide, "Monitoring deployments with
 * Amazon CloudWatch Events"); in seconds.
 */
export const NEXT_LOOK = 20;

/** What every method of the target works with. */
export interface EcsWork {
  readonly calls: EcsCalls;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What the service runs, or is on its way to. One call. */
export const runningOf = async ({ calls }: EcsWork, { config }: EcsJob, service: Service): Promise<Revision> =>
  revisionOf(await calls.definition(primaryOf(service).taskDefinition ?? ''), config);

/** Registers the job's image in a copy of what `runs`, or of the newest revision of its family. One call; two with `base: family`. */
export const registerWith = async (
  { definition, register }: EcsCalls,
  { config, image, deployment }: EcsJob,
  runs: Described,
): Promise<Revision> => {
  if (image === undefined) throw new Error(`deployment ${deployment} has no image to start`);
  const base = config.base === 'family' ? await definition(runs.definition.family ?? '') : runs;
  const input = withImage(base, config, `${image.repository}@${image.digest}`, deployment);
  if ('refused' in input) throw new RefusedError(input.refused);
  return revisionOf(await register(input), config);
};

/** The rollout that UpdateService began, from its answer. */
export const begunBy = (updated: Service, revision: Revision, now: () => number): Rollout =>
  rolloutOf(primaryOf(updated), revision, now);

export const takenOver = (config: EcsConfig, { id, image }: Revision): string =>
  `somebody else has changed ${placeOf(config)} meanwhile: it runs ${id}${image === '' ? '' : ` (${image})`}`;
