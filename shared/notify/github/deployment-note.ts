import type { Held } from '../steps.ts';
import type { Report } from './report.ts';
import { begunFirst, kept } from './requests.ts';
import type { GitHubSettings } from './settings.ts';

/** What is kept of one request: its newest word, and what stands on GitHub for it. */
export interface DeploymentNote extends Held {
  readonly report: Report;
  /** The commit; `unknown`: the repository does not have what was named. */
  readonly sha?: string;
  readonly deployment?: number;
  /** The sequence of the word that the newest deployment status tells. */
  readonly stated?: number;
  readonly check?: number;
  readonly checked?: number;
}

export const UNKNOWN = 'unknown';

export const hasCommit = (sha: string | undefined): sha is string => sha !== undefined && sha !== UNKNOWN;

export type DeploymentStep = { readonly key: string } & (
  | { readonly kind: 'commit'; readonly ref: string }
  | { readonly kind: 'deployment' | 'check'; readonly sha: string }
  | { readonly kind: 'state'; readonly deployment: number; readonly report: Report }
  | { readonly kind: 'check-state'; readonly check: number; readonly report: Report }
);

/** What the catalogue wants of it. */
export type DeploymentWishes = Pick<GitHubSettings, 'deployments' | 'report'>;

/** The newest word counts; a ref that was named once stays named. */
export const tellDeployment = (note: DeploymentNote | undefined, report: Report): DeploymentNote => {
  if (note === undefined) return { report: kept(report) };
  const { ref = note.report.ref } = report;
  const newest = report.sequence > note.report.sequence ? kept(report) : note.report;
  return { ...note, report: { ...newest, ...(ref === undefined ? {} : { ref }) } };
};

export const owedByDeployment = (note: DeploymentNote, wishes: DeploymentWishes): DeploymentStep | undefined => {
  const { report, sha, deployment, stated, check, checked, begun } = note;
  const { deployments } = wishes;
  if (!deployments && wishes.report === 'none') return undefined;
  const checks = wishes.report === 'check-run';
  if (sha === undefined) return report.ref === undefined ? undefined : { key: 'commit', kind: 'commit', ref: report.ref };
  if (!hasCommit(sha)) return undefined;
  const { sequence } = report;
  const owed: DeploymentStep[] = [];
  if (deployments && deployment === undefined) owed.push({ key: 'deployment', kind: 'deployment', sha });
  if (deployments && deployment !== undefined && stated !== sequence)
    owed.push({ key: `state ${sequence}`, kind: 'state', deployment, report });
  if (checks && check === undefined) owed.push({ key: 'check', kind: 'check', sha });
  if (checks && check !== undefined && checked !== sequence)
    owed.push({ key: `check-state ${sequence}`, kind: 'check-state', check, report });
  return begunFirst(owed, begun);
};

/** `answer`: the commit's SHA or the number of what was made; `undefined`: it is not there any more. */
export const doneOfDeployment = (note: DeploymentNote, step: DeploymentStep, answer: unknown): DeploymentNote => {
  switch (step.kind) {
    case 'commit':
      return { ...note, sha: String(answer) };
    case 'deployment':
      return { ...note, deployment: Number(answer) };
    case 'state':
      return { ...note, stated: step.report.sequence };
    case 'check':
      return { ...note, check: Number(answer) };
    case 'check-state':
      return { ...note, checked: step.report.sequence };
  }
};
