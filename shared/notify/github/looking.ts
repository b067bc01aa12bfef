import type { Octokit } from '@octokit/core';
import type { GitHubClient } from './client.ts';

const PER_PAGE = 100;

/** Beyond so many entries nothing of ours is looked for: the lists begin with the newest, or are bounded by a time. */
const MOST_PAGES = 10;

/** The first entry, of a list in pages, that is meant. */
export const findIn = async <T>(
  { ask }: GitHubClient,
  what: string,
  list: (octokit: Octokit, at: { readonly per_page: number; readonly page: number }) => Promise<{ readonly data: readonly T[] }>,
  isMeant: (entry: T) => boolean,
): Promise<T | undefined> => {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data } = await ask(what, (octokit) => list(octokit, { per_page: PER_PAGE, page }));
    const found = data.find(isMeant);
    if (found !== undefined || data.length < PER_PAGE) return found;
  }
  return undefined;
};

/** A little before a time in milliseconds, as `since` takes it: clocks differ. */
export const sinceTime = (milliseconds: number): string => new Date(milliseconds - 120_000).toISOString().replace(/\.\d+Z$/, 'Z');
