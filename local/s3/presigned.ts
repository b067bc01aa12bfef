import { AwsError } from '../errors.ts';
import { accessDenied } from './errors.ts';
import type { S3Target } from './request.ts';

/** Whether the signature is in the URL. */
export const isPresigned = ({ query }: S3Target): boolean => query.has('X-Amz-Credential');

/** Seconds: seven days (API reference, "Authenticating requests: using query parameters", X-Amz-Expires). */
const LONGEST = 604_800;

const malformed = (message: string): AwsError => new AwsError('AuthorizationQueryParametersError', message);

/** Refuses a URL that is over; `now` in milliseconds since the epoch. */
export const checkPresigned = ({ query }: S3Target, now: number): void => {
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '');
  if (date === null) throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  const text = query.get('X-Amz-Expires') ?? '';
  if (!/^\d+$/.test(text)) throw malformed('X-Amz-Expires should be a number');
  const seconds = Number(text);
  if (seconds > LONGEST)
    throw malformed(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  const [, year, month, day, hour, minute, second] = date.map(Number);
  const from = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  if (from + seconds * 1000 < now) throw accessDenied('Request has expired');
};
