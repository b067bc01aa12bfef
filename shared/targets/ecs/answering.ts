import type { Failure, Observation, Rollout } from '../../deployment/types.ts';
import { RefusedError } from '../refused.ts';

/** A "no" on the way becomes the answer of the method. */
export const answering =
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
export const unseen = (failure: Failure, _: unknown, { revision }: Rollout): Observation =>
  GONE.includes(failure.code) ? { phase: 'gone', message: failure.message } : { phase: 'failed', failure, running: revision };
