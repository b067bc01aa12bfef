import type { Revision, Rollout } from '../../deployment/observations.ts';
import type { Restored } from '../target.ts';
import type { EcsCalls } from './calls.ts';
import { activeAgain, deploymentIn, isSame, revisionOf } from './task-definitions.ts';
import { type EcsJob, takenOver } from './work.ts';

/** The way back, once the target's own has been ruled out. */
interface Going {
  readonly to: Revision;
  /** ARN of the task definition that runs. */
  readonly running: string;
  /** The rollout that this deployment began, as far as it is known. */
  readonly rollout: Rollout | undefined;
  /** The target itself has put there what runs. */
  readonly undone?: boolean;
  /** The answer where the destination runs, or is on its way, registered once more. */
  readonly runsAlready: (revision: Revision) => Restored;
  /** Begins the rollout of the destination. */
  readonly bring: (revision: Revision) => Promise<Rollout>;
}

/** Brings the destination, if what runs is ours to replace. One call beside `bring`; one more each for what is not known, or inactive. */
export const replace = async (
  calls: EcsCalls,
  { config, deployment, before, restore }: EcsJob,
  { to, running, rollout, undone = false, runsAlready, bring }: Going,
): Promise<Restored> => {
  const destination = await calls.definition(to.id);
  const known = [rollout?.revision.id, restore?.revision.id, before?.revision.id];
  if (!undone && !known.includes(running)) {
    const described = await calls.definition(running);
    const revision = revisionOf(described, config);
    if (isSame(described, destination)) return runsAlready(revision);
    if (deploymentIn(described) !== deployment)
      return { kind: 'taken-over', running: revision, message: takenOver(config, revision) };
  }
  const usable = revisionOf(await activeAgain(calls, destination), config);
  return { kind: 'called', rollout: await bring(usable) };
};
