import type { Revision } from '../../../deployment/observations.ts';
import type { Restored } from '../../target.ts';
import { findBegun } from '../begun.ts';
import { isOfRollout, standingOf } from '../deployments.ts';
import { replace } from '../replace.ts';
import { fateOf, type Traced, tracedRollout } from '../traces.ts';
import type { EcsWork } from '../work.ts';
import { bring } from './bring.ts';
import type { OwnJob } from './config.ts';
import { backward } from './settings.ts';

/** While ECS shifts our rollout it goes back by itself, in seconds; afterwards the destination is rolled out. */
export const restore =
  (work: EcsWork) =>
  async (job: OwnJob, to: Revision): Promise<Restored> => {
    const { calls } = work;
    const service = await calls.service(job.config);
    const recent = await calls.recent(job.config);
    const [newest] = recent;
    const standing = await standingOf(work, job, service, newest);
    const fate = newest === undefined ? 'succeeded' : fateOf(newest);
    if (standing.taskDefinition === to.id)
      return fate === 'undoing' ? { kind: 'watch' } : runsAlready(work, newest, to, standing.settled);
    const rollout = job.rollout ?? (job.again ? await findBegun(work, job) : undefined);
    const own = newest !== undefined && rollout !== undefined && isOfRollout(newest, rollout);
    if (own && fate === 'undoing') return { kind: 'watch' };
    if (own && fate === 'under-way' && (await leadsBack(work, job, newest, to))) {
      await calls.stop(job.config, newest.deployment);
      return { kind: 'watch' };
    }
    const before = job.exactly ? undefined : job.before?.revision;
    if (rollout === undefined && before !== undefined && standing.taskDefinition === before.id)
      return runsAlready(work, newest, before, standing.settled);
    return replace(calls, job, {
      to,
      running: standing.taskDefinition,
      rollout,
      undone: own && fate === 'undone',
      runsAlready: (revision) => runsAlready(work, newest, revision, standing.settled),
      bring: (revision) => bring(work, job, revision, backward(service)),
    });
  };

/** What ECS has gone back to by itself runs since it began to: alarms from before speak against what was left. */
const runsAlready = ({ now }: EcsWork, newest: Traced | undefined, revision: Revision, settled: boolean): Restored => {
  const began = newest?.deployment.rollback?.startedAt?.getTime();
  const traced = newest === undefined ? { revision, id: '', startedAt: now() } : tracedRollout(newest, revision, now);
  return { kind: 'nothing', settled, rollout: began === undefined ? traced : { ...traced, startedAt: began } };
};

/** Whether ECS's own way back ends at the destination. */
const leadsBack = async ({ calls }: EcsWork, { config }: OwnJob, { deployment }: Traced, to: Revision): Promise<boolean> => {
  const [source] = deployment.sourceServiceRevisions ?? [];
  return source?.arn !== undefined && (await calls.definitionOf(config, source.arn)) === to.id;
};
