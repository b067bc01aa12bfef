import type { Failure } from '../deployment/observations.ts';

/** Why no target can be reached: stable words, each with its line of `docs/errors.md`. @public */
export const REACHING = {
  'role-denied': "The environment's role may not be taken on; the message says which, and why.",
} as const;

export const refusal = <Code extends string>(code: Code, message: string): Failure & { readonly code: Code } => ({
  code,
  message,
  evidence: false,
});

/** A "no" on the way: carried up to the method that was called, where it becomes its answer. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
