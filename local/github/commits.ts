import type { Repository } from './model.ts';

/** A branch, a tag, or a SHA, also its beginning of at least seven digits: the commit's SHA. */
export const commitOf = ({ commits, refs }: Repository, ref: string): string | undefined => {
  const named = refs.get(ref.replace(/^(?:refs\/)?(?:heads|tags)\//, ''));
  if (named !== undefined) return named.sha;
  if (!/^[0-9a-f]{7,40}$/i.test(ref)) return undefined;
  const found = [...commits.keys()].filter((sha) => sha.startsWith(ref.toLowerCase()));
  return found.length === 1 ? found[0] : undefined;
};
