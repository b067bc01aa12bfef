import { AwsError, refuseOthers } from '../errors.ts';

export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

/** The answer to a member that is longer than it may be. */
export const tooLong = (path: string, value: unknown, most: number): AwsError =>
  invalid(
    `1 validation error detected: Value '${String(value)}' at '${path}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
  );

/** A quota, in AWS's words. */
export const limitExceeded = (): AwsError =>
  new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');

/** Refuses by name what this cloud does not do. */
export const onlyKnown = refuseOthers('ValidationException');
