import type { Failure, Observation, Revision, Rollout } from '../../deployment/types.ts';
import { RefusedError } from '../refused.ts';
import type { Job, Looked, Restored, Started } from '../target.ts';

const answering =
  <A extends unknown[], T, R>(method: (...args: A) => Promise<T>, refused: (failure: Failure, ...args: A) => R) =>
  async (...args: A): Promise<T | R> => {
    try {
      return await method(...args);
    } catch (error) {
      if (error instanceof RefusedError) return refused(error.failure, ...args);
      throw error;
    }
  };

export const refuse = (failure: Failure) => ({ kind: 'refused', failure }) as const;

const GONE: readonly string[] = ['cluster-missing', 'service-missing', 'service-inactive'];

/** Nothing to observe any more; or what runs cannot be seen (mostly: not allowed), and was ours when it was seen last. */
const unseen = (failure: Failure, _: unknown, { revision }: Rollout): Observation =>
  GONE.includes(failure.code) ? { phase: 'gone', message: failure.message } : { phase: 'failed', failure, running: revision };

interface Methods<J extends Job> {
  readonly current: (job: J) => Promise<Looked>;
  readonly start: (job: J) => Promise<Started>;
  readonly observe: (job: J, rollout: Rollout) => Promise<Observation>;
  readonly restore: (job: J, to: Revision) => Promise<Restored>;
}

/** A target's methods, of which a "no" on the way is the answer. Jobs have a config that the catalogue's validator has checked. */
export const answers = <J extends Job>({ current, start, observe, restore }: Methods<J>): Methods<Job> => ({
  current: answering((job: Job) => current(job as J), refuse),
  start: answering((job: Job) => start(job as J), refuse),
  observe: answering((job: Job, rollout: Rollout) => observe(job as J, rollout), unseen),
  restore: answering((job: Job, to: Revision) => restore(job as J, to), refuse),
});
