import type { Service } from '@aws-sdk/client-ecs';
import type { Observation, Rollout } from '../../deployment/observations.ts';
import { whyFailed, whyReplaced, whyUndone } from './failures.ts';
import { isRollout, isSettled, primaryOf, rolloutState, startedAfter } from './services.ts';
import { fateOf, type Traced, traceOf } from './traces.ts';
import { type EcsJob, type EcsWork, runningOf, takenOver } from './work.ts';

/**
 * One call while all goes well, two more where tasks were started after the rollout. "completed" is said only of our own rollout, since
 * ECS's rollback ends in "completed" too.
 */
export const observe =
  (work: EcsWork) =>
  async (job: EcsJob, rollout: Rollout): Promise<Observation> => {
    const service = await work.calls.service(job.config);
    if (!isRollout(primaryOf(service), rollout)) return observeOther(work, job, service, rollout);
    if (isSettled(service)) return settled(work, job, service, rollout);
    if (rolloutState(service) !== 'FAILED') return { phase: 'in-progress' };
    return observeFailed(work, job, service, rollout);
  };

/**
 * ECS says "completed" once, and leaves it at that when tasks end later: what runs has to be as many as are wanted, and none of ours may
 * have been replaced because it ended. A destination that is gone back to has proven itself before, and is taken as it is.
 */
const settled = async ({ calls }: EcsWork, job: EcsJob, service: Service, rollout: Rollout): Promise<Observation> => {
  const { desiredCount: desired = 0 } = service;
  if ((primaryOf(service).runningCount ?? 0) < desired) return { phase: 'in-progress' };
  const since = job.restore === undefined ? startedAfter(service, rollout) : undefined;
  const failure = since === undefined ? undefined : await whyReplaced(calls, job.config, rollout, since);
  return failure === undefined ? { phase: 'completed', desired } : { phase: 'failed', failure, running: rollout.revision };
};

/** Failed, and still there: ECS may be about to go back. */
const observeFailed = async (work: EcsWork, job: EcsJob, service: Service, rollout: Rollout): Promise<Observation> => {
  const { calls } = work;
  const traced = traceOf(await calls.recent(job.config), rollout);
  if (traced !== undefined && fateOf(traced) === 'undoing') {
    return { phase: 'undoing', failure: await whyUndone(calls, job.config, rollout, traced) };
  }
  const failure = await whyFailed(calls, job.config, rollout, primaryOf(service).rolloutStateReason);
  return { phase: 'failed', failure, running: rollout.revision };
};

/**
 * The primary deployment is another one. ECS's own rollback belongs to our service deployment, which is then still the
 * newest; every UpdateService by somebody else makes a newer one.
 */
const observeOther = async (work: EcsWork, job: EcsJob, service: Service, rollout: Rollout): Promise<Observation> => {
  const recent = await work.calls.recent(job.config);
  const traced = traceOf(recent, rollout);
  if (traced !== undefined && traced === recent[0]) {
    const fate = fateOf(traced);
    // DescribeServices is behind what the service deployment tells already
    if (fate === 'under-way') return { phase: 'in-progress' };
    if (fate !== 'succeeded') return observeUndoing(work, job, service, { rollout, traced });
  }
  const running = await runningOf(work, job, service);
  return { phase: 'taken-over', running, message: takenOver(job.config, running) };
};

interface Ours {
  readonly rollout: Rollout;
  readonly traced: Traced;
}

const observeUndoing = async (work: EcsWork, job: EcsJob, service: Service, { rollout, traced }: Ours): Promise<Observation> => {
  const failure = await whyUndone(work.calls, job.config, rollout, traced);
  if (fateOf(traced) === 'undone' && isSettled(service)) {
    return { phase: 'undone', failure, running: await runningOf(work, job, service) };
  }
  if (rolloutState(service) !== 'FAILED') return { phase: 'undoing', failure };
  return { phase: 'failed', failure, running: await runningOf(work, job, service) };
};
