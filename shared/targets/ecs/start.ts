import type { Looked, Started } from '../target.ts';
import { findBegun } from './begun.ts';
import { refusal } from './refusals.ts';
import { isSettled, notRolling, primaryOf } from './services.ts';
import { type Described, revisionOf } from './task-definitions.ts';
import { begunBy, type EcsJob, type EcsWork, registerWith, takenOver } from './work.ts';

/** Task definitions that `current` has read, by ARN: `start` copies from them without asking again. */
type Seen = Map<string, Described>;

/** Two calls: the service, and the task definition that it runs. */
export const current =
  ({ calls }: EcsWork, seen: Seen) =>
  async ({ config }: EcsJob): Promise<Looked> => {
    const service = await calls.service(config);
    const failure = notRolling(config, service);
    if (failure !== undefined) return { kind: 'refused', failure };
    const described = await calls.definition(primaryOf(service).taskDefinition ?? '');
    const revision = revisionOf(described, config);
    seen.set(revision.id, described);
    return { kind: 'current', current: { revision, settled: isSettled(service), desired: service.desiredCount ?? 0 } };
  };

/** Two calls after `current`, three with `base: family`; more only when it may have been begun before. */
export const start =
  (work: EcsWork, seen: Seen) =>
  async (job: EcsJob): Promise<Started> =>
    job.again ? startAgain(work, job) : begin(work, job, await whatRanBefore(work, job, seen));

const whatRanBefore = async ({ calls }: EcsWork, { before, deployment }: EcsJob, seen: Seen): Promise<Described> => {
  if (before === undefined) throw new Error(`deployment ${deployment} is started without a look at what runs`);
  return seen.get(before.revision.id) ?? (await calls.definition(before.revision.id));
};

const startAgain = async (work: EcsWork, job: EcsJob): Promise<Started> => {
  const service = await work.calls.service(job.config);
  const rollout = await findBegun(work, job, service);
  if (rollout !== undefined) return { kind: 'started', rollout, desired: service.desiredCount ?? 0 };
  const described = await work.calls.definition(primaryOf(service).taskDefinition ?? '');
  const running = revisionOf(described, job.config);
  // what had not settled may have been undone by ECS itself, and is nobody's
  if (job.before?.settled === true && running.id !== job.before.revision.id) {
    return { kind: 'refused', failure: refusal('taken-over', takenOver(job.config, running)) };
  }
  return begin(work, job, described);
};

/** Registers the new revision, and rolls it out. */
const begin = async ({ calls, now }: EcsWork, job: EcsJob, runs: Described): Promise<Started> => {
  const revision = await registerWith(calls, job, runs);
  const updated = await calls.update(job.config, revision);
  return { kind: 'started', rollout: begunBy(updated, revision, now), desired: updated.desiredCount ?? 0 };
};
