import { createHash } from 'node:crypto';
import type { Held } from '../steps.ts';
import type { Report } from './report.ts';
import { isNewer, kept } from './requests.ts';
import type { Places, Row } from './texts.ts';

/** What is kept of a pull request: the newest request of each service in each environment, and the one comment. */
export interface PullRequestNote extends Held {
  readonly rows: readonly Row[];
  readonly comment?: number;
  /** Of the text that the comment has. */
  readonly hash?: string;
}

export type PullRequestStep = { readonly key: string; readonly text: string; readonly hash: string } & (
  | { readonly kind: 'comment' }
  | { readonly kind: 'edit'; readonly comment: number }
);

const MOST_ROWS = 50;

const placeOf = ({ report }: Row): string => `${report.environment}/${report.service}`;

export const tellPullRequest = (note: PullRequestNote | undefined, report: Report, places: Places): PullRequestNote => {
  const { reason: _, ...told } = kept(report);
  const row: Row = { report: told, ...places };
  const { rows, ...rest } = note ?? { rows: [] };
  const known = rows.find((other) => placeOf(other) === placeOf(row));
  // the same word again may know its deployment by now
  if (known !== undefined && isNewer(known.report, report)) return { ...rest, rows };
  const all = [...rows.filter((other) => other !== known), row];
  return { ...rest, rows: all.slice(-MOST_ROWS).sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)) };
};

/** `textOf`: what the comment says of the rows. */
export const owedByPullRequest = (
  note: PullRequestNote,
  textOf: (rows: readonly Row[]) => string,
): PullRequestStep | undefined => {
  const text = textOf(note.rows);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
  if (note.comment === undefined) return { key: 'comment', kind: 'comment', text, hash };
  return note.hash === hash ? undefined : { key: `edit ${hash}`, kind: 'edit', comment: note.comment, text, hash };
};

/** `answer`: the comment's number and, where its text is another's than the step's, no hash; `undefined`: somebody has deleted it. */
export const doneOfPullRequest = (note: PullRequestNote, step: PullRequestStep, answer: unknown): PullRequestNote => {
  const { comment: _, hash: __, ...rest } = note;
  if (answer === undefined) return rest;
  const { comment, isNew } = answer as { readonly comment: number; readonly isNew: boolean };
  return { ...rest, comment, ...(isNew ? { hash: step.hash } : {}) };
};

/** `7`, `#7` or its address on that repository's pages; `undefined`: it is another repository's, or none. */
export const pullRequestNumber = (text: string, page: string): number | undefined => {
  const [, number] = /^#?([1-9][0-9]{0,9})$/.exec(text.trim()) ?? [];
  if (number !== undefined) return Number(number);
  const address = text.trim().toLowerCase();
  const start = `${page.toLowerCase()}/pull/`;
  if (!address.startsWith(start)) return undefined;
  const [, found] = /^([1-9][0-9]{0,9})(?:[/?#].*)?$/.exec(address.slice(start.length)) ?? [];
  return found === undefined ? undefined : Number(found);
};
