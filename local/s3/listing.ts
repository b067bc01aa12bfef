import { AwsError } from '../errors.ts';
import { invalidArgument } from '../wire/rest-input.ts';
import { type Input, numberOf, textOf } from './input.ts';

/** Keys on one page (API reference, ListObjectsV2: max-keys). */
const MOST = 1000;

const SURROGATE = /[\ud800-\udfff]/;

/** "List results are always returned in UTF-8 binary order" (API reference, ListObjectsV2). */
export const inOrder = (one: string, other: string): number => {
  if (SURROGATE.test(one) || SURROGATE.test(other)) return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : one > other ? 1 : 0;
};

/** What stands on a page: a key of its own, or the prefix that stands for all keys that begin with it. */
export interface Entry {
  readonly name: string;
  readonly isPrefix: boolean;
}

export interface Page {
  readonly entries: readonly Entry[];
  readonly isTruncated: boolean;
}

export interface PageOptions {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** What stands on the page comes after it. */
  readonly after: string;
  readonly most: number;
}

const entryOf = (key: string, { prefix, delimiter }: PageOptions): Entry => {
  const end = delimiter === undefined || delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 ? { name: key, isPrefix: false } : { name: key.slice(0, end + (delimiter?.length ?? 0)), isPrefix: true };
};

/** A page of keys, in order; those that have the delimiter after the prefix are one entry together. */
export const pageOf = (keys: Iterable<string>, options: PageOptions): Page => {
  const entries: Entry[] = [];
  if (options.most === 0) return { entries, isTruncated: false };
  const fitting = [...keys].filter((key) => key.startsWith(options.prefix)).sort(inOrder);
  for (const key of fitting) {
    const entry = entryOf(key, options);
    const isOver = inOrder(entry.name, options.after) <= 0 || entries.at(-1)?.name === entry.name;
    if (isOver) continue;
    if (entries.length === options.most) return { entries, isTruncated: true };
    entries.push(entry);
  }
  return { entries, isTruncated: false };
};

/** Capped at a thousand. */
export const mostIn = (input: Input, member = 'MaxKeys', name = 'max-keys'): number => {
  const asked = numberOf(input, member) ?? MOST;
  if (asked < 0) throw invalidArgument(name, String(asked), `Argument ${name} must be an integer between 0 and 2147483647`);
  return Math.min(asked, MOST);
};

/** How names are written: as they are, or URL-encoded, so that XML holds any of them. */
export const encoderOf = (input: Input): ((name: string) => string) => {
  const type = textOf(input, 'EncodingType');
  if (type === undefined) return (name) => name;
  if (type !== 'url') throw new AwsError('InvalidArgument', 'Invalid Encoding Method specified in Request');
  return (name) =>
    encodeURIComponent(name)
      .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%20', '+')
      .replaceAll('%2F', '/');
};

/** A place in a list, as something that nobody reads. */
export const tokenFor = (name: string): string => Buffer.from(name).toString('base64');

export const readToken = (token: string, member: string): string => {
  const name = Buffer.from(token, 'base64').toString('utf8');
  if (token === '' || tokenFor(name) !== token)
    throw invalidArgument(member, token, 'The continuation token provided is incorrect');
  return name;
};
