import type { Failure, Observation, Revision, Rollout } from '../deployment/observations.ts';
import type { TargetSettings } from '../deployment/settings.ts';
import { RefusedError } from './refused.ts';
import type { Job, Target } from './target.ts';

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

/** Nothing to observe any more; or what runs cannot be seen (mostly: not allowed), and was ours when it was seen last. */
const unseen =
  (gone: readonly string[]) =>
  (failure: Failure, _: unknown, { revision }: Rollout): Observation =>
    gone.includes(failure.code) ? { phase: 'gone', message: failure.message } : { phase: 'failed', failure, running: revision };

type Methods<Config extends TargetSettings> = Pick<Target<Config>, 'current' | 'start' | 'observe' | 'restore'>;

/**
 * A target's methods, of which a "no" on the way is the answer. Jobs have a config that the catalogue's validator has checked. `gone`: codes
 * of refusals that say that there is nothing to observe any more.
 */
export const answers = <Config extends TargetSettings>(
  target: Methods<Config>,
  gone: readonly string[] = [],
): Methods<TargetSettings> => ({
  current: answering((job: Job) => target.current(job as Job<Config>), refuse),
  start: answering((job: Job) => target.start(job as Job<Config>), refuse),
  observe: answering((job: Job, rollout: Rollout) => target.observe(job as Job<Config>, rollout), unseen(gone)),
  restore: answering((job: Job, to: Revision) => target.restore(job as Job<Config>, to), refuse),
});
