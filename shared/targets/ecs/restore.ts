import type { Service } from '@aws-sdk/client-ecs';
import type { Revision, Rollout } from '../../deployment/types.ts';
import type { Restored } from '../target.ts';
import { findBegun } from './begun.ts';
import { isRollout, isSettled, primaryOf, rolloutOf, rolloutState } from './services.ts';
import { activeAgain, deploymentIn, isSame, revisionOf } from './task-definitions.ts';
import { fateOf, traceOf } from './traces.ts';
import { begunBy, type EcsJob, type EcsWork, takenOver } from './work.ts';

/** Looks first, and calls only if what runs is ours to replace. */
export const restore =
  (work: EcsWork) =>
  async (job: EcsJob, to: Revision): Promise<Restored> => {
    const service = await work.calls.service(job.config);
    const primary = primaryOf(service);
    if (primary.taskDefinition === to.id && isSettled(service)) return runsAlready(work, service, to);
    const rollout = job.rollout ?? (job.again ? await findBegun(work, job, service) : undefined);
    const own = rollout === undefined ? undefined : await ownDoing(work, job, service, rollout);
    if (own === 'undoing') return { kind: 'watch' };
    if (primary.taskDefinition === to.id) return runsAlready(work, service, to);
    const before = job.before?.revision;
    if (rollout === undefined && before !== undefined && primary.taskDefinition === before.id) {
      return runsAlready(work, service, before);
    }
    return replace(work, job, { service, to, rollout, undone: own === 'undone' });
  };

const runsAlready = ({ now }: EcsWork, service: Service, revision: Revision): Restored => ({
  kind: 'nothing',
  settled: isSettled(service),
  rollout: rolloutOf(primaryOf(service), revision, now),
});

/** What ECS itself does to our rollout: nothing while it goes well, and nothing any more once somebody else has updated the service. */
const ownDoing = async (
  { calls }: EcsWork,
  { config }: EcsJob,
  service: Service,
  rollout: Rollout,
): Promise<'undoing' | 'undone' | undefined> => {
  if (isRollout(primaryOf(service), rollout) && rolloutState(service) === 'COMPLETED') return undefined;
  const recent = await calls.recent(config);
  const traced = traceOf(recent, rollout);
  if (traced === undefined || traced !== recent[0]) return undefined;
  const fate = fateOf(traced);
  return fate === 'undoing' || fate === 'undone' ? fate : undefined;
};

interface Going {
  readonly service: Service;
  readonly to: Revision;
  readonly rollout: Rollout | undefined;
  /** ECS itself has put there what runs. */
  readonly undone: boolean;
}

const replace = async ({ calls, now }: EcsWork, job: EcsJob, { service, to, rollout, undone }: Going): Promise<Restored> => {
  const { config } = job;
  const running = primaryOf(service).taskDefinition ?? '';
  const destination = await calls.definition(to.id);
  const known = [rollout?.revision.id, job.restore?.revision.id, job.before?.revision.id];
  if (!undone && !known.includes(running)) {
    const described = await calls.definition(running);
    const revision = revisionOf(described, config);
    if (isSame(described, destination)) return runsAlready({ calls, now }, service, revision);
    if (deploymentIn(described) !== job.deployment) {
      return { kind: 'taken-over', running: revision, message: takenOver(config, revision) };
    }
  }
  const usable = revisionOf(await activeAgain(calls, destination), config);
  return { kind: 'called', rollout: begunBy(await calls.update(config, usable), usable, now) };
};
