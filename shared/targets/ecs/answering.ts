import type { Failure, Observation, Revision, Rollout } from '../../deployment/observations.ts';
import type { TargetSettings } from '../../deployment/settings.ts';
import { RefusedError } from '../refused.ts';
import type { Job, Target } from '../target.ts';

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

const GONE: readonly string[] = ['cluster-missing', 'service-missing', 'service-inactive', 'function-missing', 'alias-missing'];

/** Nothing to observe any more; or what runs cannot be seen (mostly: not allowed), and was ours when it was seen last. */
const unseen = (failure: Failure, _: unknown, { revision }: Rollout): Observation =>
  GONE.includes(failure.code) ? { phase: 'gone', message: failure.message } : { phase: 'failed', failure, running: revision };

type Methods<Config extends TargetSettings> = Pick<Target<Config>, 'current' | 'start' | 'observe' | 'restore'>;

/** A target's methods, of which a "no" on the way is the answer. Jobs have a config that the catalogue's validator has checked. */
export const answers = <Config extends TargetSettings>(target: Methods<Config>): Methods<TargetSettings> => ({
  current: answering((job: Job) => target.current(job as Job<Config>), refuse),
  start: answering((job: Job) => target.start(job as Job<Config>), refuse),
  observe: answering((job: Job, rollout: Rollout) => target.observe(job as Job<Config>, rollout), unseen),
  restore: answering((job: Job, to: Revision) => target.restore(job as Job<Config>, to), refuse),
});
