import type { Report } from './report.ts';

/** Whether `a` was asked for after `b`, or is the same request's later word: whatever the order in which they are told. */
export const isNewer = (a: Report, b: Report): boolean => {
  if (a.deployment === b.deployment) return a.sequence > b.sequence;
  if (a.askedAt !== b.askedAt) return a.askedAt > b.askedAt;
  return a.at === b.at ? a.deployment > b.deployment : a.at > b.at;
};

const LONGEST_KEPT_TEXT = 300;

/** As it is kept: an item of DynamoDB holds 400 KB. */
export const kept = (report: Report): Report => ({ ...report, text: report.text.slice(0, LONGEST_KEPT_TEXT) });

/** The step that was begun goes before all others: its end is not known. */
export const begunFirst = <S extends { readonly key: string }>(
  owed: readonly S[],
  begun: { readonly key: string } | undefined,
): S | undefined => owed.find(({ key }) => key === begun?.key) ?? owed[0];
