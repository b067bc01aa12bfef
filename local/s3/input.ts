import { notImplemented } from './errors.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Of every call; whose bucket it is has been looked at by then. */
const ALWAYS = ['Bucket', 'ExpectedBucketOwner', 'ExpectedSourceBucketOwner'];

const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);

/** Refuses by name what S3 has and the local cloud has not. */
export const onlyKnown = (input: Input, known: readonly string[], action: string): void => {
  const other = Object.keys(input).find((member) => !isEmpty(input[member]) && ![...ALWAYS, ...known].includes(member));
  if (other !== undefined) throw notImplemented(`the parameter "${other}" of ${action}`, { Parameter: other });
};

export const textOf = (input: Input, member: string): string | undefined => {
  const value = input[member];
  return typeof value === 'string' ? value : undefined;
};

export const numberOf = (input: Input, member: string): number | undefined => {
  const value = input[member];
  return typeof value === 'number' ? value : undefined;
};

/** What the path names. */
export const bucketName = (input: Input): string => String(input['Bucket']);

export const keyIn = (input: Input): string => String(input['Key']);

export const bodyIn = (input: Input): Buffer => {
  const body = input['Body'];
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
};

/** ETags go in quotes. */
export const quoted = (etag: string): string => `"${etag}"`;

export const unquoted = (etag: string): string => etag.trim().replace(/^"(.*)"$/, '$1');

/** Times of answers are in seconds. */
export const seconds = (milliseconds: number): number => milliseconds / 1000;
