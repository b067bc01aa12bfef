import type { Failure } from '../../../deployment/observations.ts';
import { refusal as refused } from '../../refused.ts';

/** Why static files cannot be copied: stable words, each with its line of `docs/errors.md`. @public */
export const STATIC_REFUSALS = {
  'bucket-missing': 'There is no such bucket.',
  'bucket-refuses': "The bucket does not let the function's role read, write or delete there; the message has the call.",
  'static-missing': 'CI has put no files there for this version, or the request does not say which version it is.',
} as const;

export const refusal = (code: keyof typeof STATIC_REFUSALS, message: string): Failure => refused(code, message);

/** An error of S3 that is an answer; `undefined`: it may be different next time. */
export const refusalOf = ({ name, message }: Error, doing: string): Failure | undefined => {
  switch (name) {
    case 'NoSuchBucket':
      return refusal('bucket-missing', `cannot ${doing}: there is no such bucket; create it, or correct "static"`);
    case 'NoSuchKey':
    case 'NotFound':
      return refusal('static-missing', `cannot ${doing}: the file is gone; let CI put the version's files there again`);
    case 'AccessDenied':
    case 'Forbidden':
      return refusal(
        'bucket-refuses',
        `cannot ${doing}: ${message}; let the function's role do so, in its own policy and in the bucket's`,
      );
    default:
      return undefined;
  }
};
