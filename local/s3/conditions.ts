import { noSuchKey, notImplemented, notModified, preconditionFailed } from './errors.ts';
import { type Input, quoted, textOf, unquoted } from './input.ts';
import type { ObjectVersion } from './model.ts';

const fitsEtag = (wanted: string, { etag }: Pick<ObjectVersion, 'etag'>): boolean =>
  wanted.split(',').some((one) => one.trim() === '*' || unquoted(one) === etag);

/** `undefined`: not given, or no time; RFC 9110, 13.1.3: what is no time is ignored. */
const timeIn = (input: Input, member: string): number | undefined => {
  const time = Date.parse(textOf(input, member) ?? '');
  return Number.isNaN(time) ? undefined : time;
};

/** How the conditions of an operation are called. */
interface Names {
  readonly match: string;
  readonly noneMatch: string;
  readonly modified: string;
  readonly unmodified: string;
}

const OF_READS: Names = {
  match: 'IfMatch',
  noneMatch: 'IfNoneMatch',
  modified: 'IfModifiedSince',
  unmodified: 'IfUnmodifiedSince',
};

const OF_SOURCES: Names = {
  match: 'CopySourceIfMatch',
  noneMatch: 'CopySourceIfNoneMatch',
  modified: 'CopySourceIfModifiedSince',
  unmodified: 'CopySourceIfUnmodifiedSince',
};

export const READ_CONDITIONS: readonly string[] = Object.values(OF_READS);

export const SOURCE_CONDITIONS: readonly string[] = Object.values(OF_SOURCES);

/**
 * Which condition does not hold. Of two that are given, an ETag's counts and not the time's (API references of GetObject and CopyObject:
 * If-Match that holds makes If-Unmodified-Since none, If-None-Match makes If-Modified-Since none).
 */
const failing = (
  input: Input,
  object: ObjectVersion,
  names: Names,
): 'match' | 'noneMatch' | 'modified' | 'unmodified' | undefined => {
  const [match, noneMatch] = [textOf(input, names.match), textOf(input, names.noneMatch)];
  if (match !== undefined && !fitsEtag(match, object)) return 'match';
  const unmodified = timeIn(input, names.unmodified);
  if (match === undefined && unmodified !== undefined && object.modifiedAt > unmodified) return 'unmodified';
  if (noneMatch !== undefined) return fitsEtag(noneMatch, object) ? 'noneMatch' : undefined;
  const modified = timeIn(input, names.modified);
  return modified !== undefined && object.modifiedAt <= modified ? 'modified' : undefined;
};

/** Throws `PreconditionFailed`, or answers "not modified". */
export const checkReadConditions = (input: Input, object: ObjectVersion): void => {
  const condition = failing(input, object, OF_READS);
  if (condition === 'match') throw preconditionFailed('If-Match');
  if (condition === 'unmodified') throw preconditionFailed('If-Unmodified-Since');
  if (condition !== undefined) throw notModified(quoted(object.etag));
};

/** A copy answers no "not modified". */
export const checkSourceConditions = (input: Input, object: ObjectVersion): void => {
  const condition = failing(input, object, OF_SOURCES);
  const header = { match: 'match', noneMatch: 'none-match', modified: 'modified-since', unmodified: 'unmodified-since' };
  if (condition !== undefined) throw preconditionFailed(`x-amz-copy-source-if-${header[condition]}`);
};

export const WRITE_CONDITIONS: readonly string[] = ['IfMatch', 'IfNoneMatch'];

/** User Guide, "How to prevent object overwrites with conditional writes": a delete marker on top is no object. */
export const checkWriteConditions = (input: Input, key: string, current: ObjectVersion | undefined): void => {
  const [match, noneMatch] = [textOf(input, 'IfMatch'), textOf(input, 'IfNoneMatch')];
  if (noneMatch !== undefined && noneMatch !== '*')
    throw notImplemented('If-None-Match with an ETag', { Header: 'If-None-Match' });
  if (noneMatch !== undefined && current !== undefined) throw preconditionFailed('If-None-Match');
  if (match === undefined) return;
  if (current === undefined) throw noSuchKey(key);
  if (!fitsEtag(match, current)) throw preconditionFailed('If-Match');
};
