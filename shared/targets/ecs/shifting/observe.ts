import type { Service } from '@aws-sdk/client-ecs';
import type { Observation, Rollout } from '../../../deployment/observations.ts';
import { isOfRollout, runningNow, type Standing, standingOf } from '../deployments.ts';
import { failedAfterShift, failedBeforeShift, whyUndone } from '../failures.ts';
import { fateOf, type Traced, waitingPause } from '../traces.ts';
import { type EcsWork, NEXT_LOOK, takenOver } from '../work.ts';
import type { OwnJob } from './config.ts';

const MOVED: readonly (string | undefined)[] = ['BAKE_TIME', 'CLEAN_UP'];

/** Three calls while all goes well. */
export const observe =
  (work: EcsWork) =>
  async (job: OwnJob, rollout: Rollout): Promise<Observation> => {
    const service = await work.calls.service(job.config);
    const [newest] = await work.calls.recent(job.config, 1);
    const standing = await standingOf(work, job, service, newest);
    if (newest === undefined || !(isOfRollout(newest, rollout) || brings(newest, standing, rollout)))
      return other(work, job, standing);
    return ours(work, job, { service, newest, standing, rollout });
  };

/** What ECS itself has gone back to is no new deployment. */
const brings = ({ deployment }: Traced, { taskDefinition }: Standing, { id, revision }: Rollout): boolean =>
  id === '' && deployment.rollback !== undefined && taskDefinition === revision.id;

const other = async (work: EcsWork, job: OwnJob, standing: Standing): Promise<Observation> => {
  const running = await runningNow(work, job, standing);
  return { phase: 'taken-over', running, message: takenOver(job.config, running) };
};

interface Seen {
  readonly service: Service;
  readonly newest: Traced;
  readonly standing: Standing;
  readonly rollout: Rollout;
}

const ours = async (work: EcsWork, job: OwnJob, { service, newest, standing, rollout }: Seen): Promise<Observation> => {
  const { desiredCount: desired = 0 } = service;
  const ended = () => failedAfterShift(work.calls, job, service, rollout, newest.deployment.finishedAt?.getTime());
  const arrived = standing.taskDefinition === rollout.revision.id;
  switch (fateOf(newest)) {
    case 'succeeded':
      return (await ended()) ?? over(service, desired);
    case 'under-way':
      return (await failing(work, job, newest, rollout, desired)) ?? (await ended()) ?? underWay(job, newest, desired);
    case 'undoing':
      return arrived
        ? { phase: 'in-progress' }
        : { phase: 'undoing', failure: await whyUndone(work.calls, job.config, rollout, newest) };
    case 'undone': {
      if (arrived) return { phase: 'completed', desired };
      const failure = await whyUndone(work.calls, job.config, rollout, newest);
      const running = await runningNow(work, job, standing);
      return newest.deployment.status === 'ROLLBACK_SUCCESSFUL'
        ? { phase: 'undone', failure, running }
        : { phase: 'failed', failure, running };
    }
  }
};

const over = ({ runningCount = 0 }: Service, desired: number): Observation =>
  runningCount < desired ? { phase: 'in-progress' } : { phase: 'completed', desired };

/** Before it has traffic: two calls more where tasks are missing. */
const failing = async (
  { calls }: EcsWork,
  { config }: OwnJob,
  { deployment }: Traced,
  rollout: Rollout,
  desired: number,
): Promise<Observation | undefined> => {
  const { lifecycleStage, targetServiceRevision } = deployment;
  if (lifecycleStage !== 'SCALE_UP' || (targetServiceRevision?.runningTaskCount ?? 0) >= desired) return undefined;
  return failedBeforeShift(calls, config, rollout, desired);
};

/** A pause at another stage than ours is somebody else's: a person answers it. */
const underWay = ({ config }: OwnJob, { deployment }: Traced, desired: number): Observation => {
  const { lifecycleStage } = deployment;
  const pause = waitingPause(deployment);
  if (pause !== undefined && lifecycleStage === config.pause?.stage)
    return {
      phase: 'paused',
      pause,
      traffic: lifecycleStage === 'POST_PRODUCTION_TRAFFIC_SHIFT' ? 'production' : 'test',
    };
  return MOVED.includes(lifecycleStage) ? { phase: 'shifted', desired } : { phase: 'in-progress', lookInSeconds: NEXT_LOOK };
};
