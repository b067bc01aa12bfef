import type { Report } from './report.ts';
import { kept } from './requests.ts';
import type { End } from './service-note.ts';

/** A failure as it is kept: once it is told, no more than which it was. */
interface Failure {
  readonly deployment: string;
  readonly at: string;
  /** Absent: it is told. */
  readonly owed?: { readonly report: Report; readonly sha?: string };
}

/** The success that ended what went wrong. */
export interface Mended {
  readonly report: Report;
  readonly sha?: string;
}

/** What went wrong with a service, from its first failure to the next success: one issue. */
export interface Incident {
  /** In the order in which they were told: the first one opens the issue. */
  readonly failures: readonly Failure[];
  readonly issue?: number;
  readonly resolved?: Mended & { readonly isTold?: true };
  readonly isClosed?: true;
}

interface Tells {
  readonly key: string;
  readonly report: Report;
  readonly sha?: string;
}

export type IncidentStep =
  | (Tells & { readonly kind: 'open' })
  | (Tells & { readonly kind: 'again' | 'resolved'; readonly issue: number })
  | { readonly key: string; readonly kind: 'close'; readonly issue: number };

/** A failure, a success that ends what went wrong, or neither: a rollback that an alarm asked for means that the version is bad. */
const meaningOf = ({ phase, byAlarm }: Report): 'failure' | 'success' | 'neither' => {
  if (phase === 'failed' || phase === 'rolled-back') return 'failure';
  if (phase !== 'succeeded') return 'neither';
  return byAlarm === true ? 'failure' : 'success';
};

const MOST_INCIDENTS = 3;

/** Beyond so many that wait to be told, only the beginning of a reason is kept. */
const MOST_WHOLE = 40;
const LONGEST_SHORT = 200;

/** The incidents with one more end. `success`: the newest one before it. */
export const incidentsAfter = (
  incidents: readonly Incident[],
  { report, sha }: End,
  success: Mended | undefined,
): readonly Incident[] => {
  const told = { report: kept(report), ...(sha === undefined ? {} : { sha }) };
  const last = incidents.at(-1);
  const others = incidents.slice(0, -1);
  switch (meaningOf(report)) {
    case 'neither':
      return incidents;
    case 'success': {
      if (last === undefined || last.resolved !== undefined || last.failures.some(({ at }) => at > report.at)) return incidents;
      return [...others, { ...last, resolved: told }];
    }
    case 'failure': {
      const failure: Failure = { deployment: report.deployment, at: report.at, owed: shortened(told, last) };
      const isOfLast = last !== undefined && (last.resolved === undefined || report.at <= last.resolved.report.at);
      if (isOfLast) return [...others, { ...last, failures: [...last.failures, failure] }];
      // told late: what it broke has been mended since
      const mended = success !== undefined && success.report.at > report.at ? { resolved: success } : {};
      return pruned([...incidents, { failures: [failure], ...mended }]);
    }
  }
};

const shortened = (told: NonNullable<Failure['owed']>, last: Incident | undefined): NonNullable<Failure['owed']> => {
  const { reason } = told.report;
  if (reason === undefined || (last?.failures.filter(({ owed }) => owed !== undefined).length ?? 0) < MOST_WHOLE) return told;
  return { ...told, report: { ...told.report, reason: { ...reason, message: reason.message.slice(0, LONGEST_SHORT) } } };
};

/** Those that are over are forgotten, but for the newest: what is told late belongs to it. */
const pruned = (incidents: readonly Incident[]): readonly Incident[] =>
  incidents.filter(({ isClosed }, index) => isClosed !== true || index >= incidents.length - MOST_INCIDENTS);

/** What is owed, in order: an issue is opened, commented on, and closed. */
export const incidentSteps = (incidents: readonly Incident[]): readonly IncidentStep[] =>
  incidents.flatMap(({ failures, issue, resolved, isClosed }): IncidentStep[] => {
    const owed = failures.flatMap(({ owed: tells }) => tells ?? []);
    const [first] = owed;
    if (issue === undefined)
      return first === undefined ? [] : [{ ...first, key: `open ${first.report.deployment}`, kind: 'open' }];
    return [
      ...owed.map((tells) => ({ ...tells, key: `again ${tells.report.deployment}`, kind: 'again', issue }) as const),
      ...(resolved === undefined || resolved.isTold === true
        ? []
        : [{ ...resolved, key: `resolved ${issue} ${resolved.report.deployment}`, kind: 'resolved', issue } as const]),
      ...(resolved === undefined || isClosed === true ? [] : [{ key: `close ${issue}`, kind: 'close', issue } as const]),
    ];
  });

/** `issue`: where it was told; `undefined`: the issue is gone, and what is still owed opens another one. */
export const incidentsDone = (
  incidents: readonly Incident[],
  step: IncidentStep,
  issue: number | undefined,
): readonly Incident[] => incidents.map((incident) => (concerns(incident, step) ? after(incident, step, issue) : incident));

const concerns = ({ failures, issue }: Incident, step: IncidentStep): boolean =>
  step.kind === 'open' ? failures.some(({ deployment }) => deployment === step.report.deployment) : issue === step.issue;

const after = (incident: Incident, step: IncidentStep, issue: number | undefined): Incident => {
  const { issue: _, ...without } = incident;
  switch (step.kind) {
    case 'open':
    case 'again': {
      if (issue === undefined) return without;
      const failures = incident.failures.map((failure) =>
        failure.deployment === step.report.deployment ? { deployment: failure.deployment, at: failure.at } : failure,
      );
      // told again after it was closed: it is closed again, if it is over
      const { isClosed: __, ...open } = incident;
      return { ...open, failures, issue };
    }
    case 'resolved': {
      if (issue === undefined) return { ...incident, isClosed: true, ...told(incident) };
      return { ...incident, ...told(incident) };
    }
    case 'close':
      return { ...incident, isClosed: true };
  }
};

const told = ({ resolved }: Incident): Pick<Incident, 'resolved'> =>
  resolved === undefined ? {} : { resolved: { ...resolved, isTold: true } };
