import type { Service } from '@aws-sdk/client-ecs';
import type { Revision, Rollout } from '../../../deployment/types.ts';
import type { Restored } from '../../target.ts';
import { isOfRollout, type Standing, standingOf } from '../deployments.ts';
import { activeAgain, deploymentIn, isSame, revisionOf } from '../task-definitions.ts';
import { fateOf, type Traced, tracedRollout } from '../traces.ts';
import { type EcsWork, takenOver } from '../work.ts';
import { bring, findBegun } from './begun.ts';
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
    const before = job.before?.revision;
    if (rollout === undefined && before !== undefined && standing.taskDefinition === before.id)
      return runsAlready(work, newest, before, standing.settled);
    return replace(work, job, { service, to, newest, standing, rollout, undone: own && fate === 'undone' });
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

interface Going {
  readonly service: Service;
  readonly to: Revision;
  readonly newest: Traced | undefined;
  readonly standing: Standing;
  readonly rollout: Rollout | undefined;
  readonly undone: boolean;
}

const replace = async (
  work: EcsWork,
  job: OwnJob,
  { service, to, newest, standing, rollout, undone }: Going,
): Promise<Restored> => {
  const { calls } = work;
  const running = standing.taskDefinition;
  const destination = await calls.definition(to.id);
  const known = [rollout?.revision.id, job.restore?.revision.id, job.before?.revision.id];
  if (!undone && !known.includes(running)) {
    const described = await calls.definition(running);
    const revision = revisionOf(described, job.config);
    if (isSame(described, destination)) return runsAlready(work, newest, revision, standing.settled);
    if (deploymentIn(described) !== job.deployment)
      return { kind: 'taken-over', running: revision, message: takenOver(job.config, revision) };
  }
  const usable = revisionOf(await activeAgain(calls, destination), job.config);
  return { kind: 'called', rollout: await bring(work, job, usable, backward(service)) };
};
