import type { Service } from '@aws-sdk/client-ecs';
import type { Revision, Rollout } from '../../deployment/observations.ts';
import type { Restored } from '../target.ts';
import { findBegun } from './begun.ts';
import { replace } from './replace.ts';
import { isRollout, isSettled, primaryOf, rolloutOf, rolloutState } from './services.ts';
import { fateOf, traceOf } from './traces.ts';
import { begunBy, type EcsJob, type EcsWork } from './work.ts';

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
    const before = job.exactly ? undefined : job.before?.revision;
    if (rollout === undefined && before !== undefined && primary.taskDefinition === before.id) {
      return runsAlready(work, service, before);
    }
    return replace(work.calls, job, {
      to,
      running: primary.taskDefinition ?? '',
      rollout,
      undone: own === 'undone',
      runsAlready: (revision) => runsAlready(work, service, revision),
      bring: async (revision) => begunBy(await work.calls.update(job.config, revision), revision, work.now),
    });
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
