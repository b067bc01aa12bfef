import type { Held } from '../steps.ts';
import type { Report } from './report.ts';
import { isNewer, kept } from './requests.ts';

/** What a commit says of one service in one environment: the newest request for it counts, also if an older one is told later. */
export interface CommitNote extends Held {
  readonly report: Report;
  /** Deployment and sequence of the word that the newest commit status tells. */
  readonly stated?: string;
}

export interface CommitStep {
  readonly key: string;
  readonly report: Report;
}

export const tellCommit = (note: CommitNote | undefined, report: Report): CommitNote => {
  if (note === undefined) return { report: kept(report) };
  return isNewer(report, note.report) ? { ...note, report: kept(report) } : note;
};

export const owedByCommit = ({ report, stated }: CommitNote): CommitStep | undefined => {
  const key = `${report.deployment} ${report.sequence}`;
  return stated === key ? undefined : { key, report };
};

export const doneOfCommit = (note: CommitNote, { key }: CommitStep): CommitNote => ({ ...note, stated: key });
