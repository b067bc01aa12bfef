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

/** What is known of a service beside its incidents. */
interface Known {
  /** The newest success before this end. */
  readonly success?: Mended | undefined;
  /** When successes were, in ISO 8601, in whatever order. */
  readonly successes?: readonly string[] | undefined;
  /** The step whose end is not known. */
  readonly begun?: { readonly key: string } | undefined;
}

/** Whether there was a success between two failures: then they are no one incident. */
const isParted = (a: string, b: string, successes: readonly string[]): boolean => successes.some((at) => a <= at !== b <= at);

/** The incidents with one more end, whatever has been told before it. */
export const incidentsAfter = (incidents: readonly Incident[], { report, sha }: End, known: Known): readonly Incident[] => {
  const told = { report: kept(report), ...(sha === undefined ? {} : { sha }) };
  switch (meaningOf(report)) {
    case 'neither':
      return incidents;
    case 'success':
      return incidents.flatMap((incident) => mended(incident, told, known));
    case 'failure': {
      const { success, successes = [] } = known;
      const home = incidents.findLast(
        ({ failures, resolved }) =>
          (resolved === undefined || report.at <= resolved.report.at) &&
          failures.some(({ at }) => !isParted(at, report.at, successes)),
      );
      const failure: Failure = { deployment: report.deployment, at: report.at, owed: shortened(told, home) };
      if (home !== undefined)
        return incidents.map((one) => (one === home ? { ...home, failures: [...home.failures, failure] } : one));
      // told late: what it broke has been mended since
      const isMended = success !== undefined && success.report.at >= report.at;
      return pruned([...incidents, { failures: [failure], ...(isMended ? { resolved: success } : {}) }]);
    }
  }
};

/** After a success. One that is told late parts what came before it from what came after; what an issue has already stays in that one. */
const mended = (incident: Incident, resolved: Mended, { begun }: Known): readonly Incident[] => {
  const { failures } = incident;
  const before = failures.filter(({ at }) => at <= resolved.report.at);
  const after = failures.filter((failure) => !before.includes(failure));
  if (incident.resolved !== undefined || before.length === 0) return [incident];
  if (after.length === 0) return [{ ...incident, resolved }];
  const isUntold = ({ deployment, owed }: Failure): boolean =>
    owed !== undefined && begun?.key.endsWith(` ${deployment}`) !== true;
  if (after.every(isUntold)) return [{ ...incident, failures: before, resolved }, { failures: after }];
  if (before.every(isUntold))
    return [
      { failures: before, resolved },
      { ...incident, failures: after },
    ];
  return [incident];
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
