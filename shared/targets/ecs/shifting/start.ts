import { refuse } from '../../answering.ts';
import type { Looked, Started } from '../../target.ts';
import { findBegun } from '../begun.ts';
import { runningNow, standingOf } from '../deployments.ts';
import { refusal } from '../refusals.ts';
import { type EcsWork, NEXT_LOOK, registerWith, takenOver } from '../work.ts';
import { bring } from './bring.ts';
import type { OwnJob } from './config.ts';
import { forward, notShifting } from './settings.ts';

/** Five calls at most: the service, its newest deployment, and the task definition that it runs. */
export const current =
  (work: EcsWork) =>
  async (job: OwnJob): Promise<Looked> => {
    const service = await work.calls.service(job.config);
    const failure = notShifting(job.config, service);
    if (failure !== undefined) return refuse(failure);
    const [newest] = await work.calls.recent(job.config, 1);
    const standing = await standingOf(work, job, service, newest);
    const revision = await runningNow(work, job, standing);
    return { kind: 'current', current: { revision, settled: standing.settled, desired: service.desiredCount ?? 0 } };
  };

/** Four calls after `current`, five with `base: family`; more only when it may have been begun before. */
export const start =
  (work: EcsWork) =>
  async (job: OwnJob): Promise<Started> => {
    const { config, before, deployment } = job;
    if (before === undefined) throw new Error(`deployment ${deployment} is started without a look at what runs`);
    const service = await work.calls.service(config);
    if (job.again) {
      const rollout = await findBegun(work, job);
      if (rollout !== undefined)
        return { kind: 'started', rollout, desired: service.desiredCount ?? 0, lookInSeconds: NEXT_LOOK };
      const [newest] = await work.calls.recent(config, 1);
      const standing = await standingOf(work, job, service, newest);
      if (before.settled && standing.taskDefinition !== before.revision.id)
        return refuse(refusal('taken-over', takenOver(config, await runningNow(work, job, standing))));
    }
    const revision = await registerWith(work.calls, job, await work.calls.definition(before.revision.id));
    return {
      kind: 'started',
      rollout: await bring(work, job, revision, forward(config, service)),
      desired: service.desiredCount ?? 0,
      lookInSeconds: NEXT_LOOK,
    };
  };
