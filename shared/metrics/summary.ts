import type { Deployment } from '../deployment/types.ts';
import type { DeploymentDetail } from '../heard.ts';
import type { OutboxEntry } from '../store/commit.ts';
import type { AuditRecord } from '../store/reader.ts';
import type { Figure } from './emit.ts';
import { figuresOf } from './figures.ts';
import type { MetricName } from './metrics.ts';

/** One request that has ended, as the store has it. */
export interface Ended {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly figures: readonly Figure[];
  /** Whether it did what was asked; absent: it never began. */
  readonly did?: boolean;
}

/** A stretch of time: `from` counts, `until` does not. Milliseconds since the epoch. */
export interface Period {
  readonly from: number;
  readonly until: number;
}

/** What was counted in a period. Seconds are medians; `null`: nothing to make one of. */
export interface Summary {
  readonly requests: number;
  readonly verdicts: Readonly<Record<string, number>>;
  /** Of the deployments and rollbacks that were begun: those that did what was asked. */
  readonly successRate: number | null;
  readonly changes: number;
  readonly changesPerDay: number;
  readonly changeFailureRate: number | null;
  readonly leadTimeSeconds: number | null;
  readonly timeToRestoreSeconds: number | null;
  readonly durationSeconds: number | null;
  readonly queueWaitSeconds: number | null;
  readonly phaseSeconds: Readonly<Record<string, number>>;
  readonly rollbacks: number;
  readonly failedRollbacks: number;
  readonly healthCheckRetries: number;
}

const DAY = 86_400_000;

/** As the verdict's event has it: the same figures come of both. */
const detailOf = (deployment: Deployment): DeploymentDetail | undefined => {
  const { outcome, id, cause, leaving, acceptedAt, asked, kind, environment, service, sequence, checkAttempts, state } =
    deployment;
  if (outcome === undefined) return undefined;
  return {
    eventId: '',
    deployment: id,
    sequence,
    kind,
    environment,
    service,
    at: new Date(outcome.at).toISOString(),
    asked,
    cause: { ...cause, time: new Date(cause.time).toISOString() },
    links: {},
    verdict: state,
    changed: outcome.changed,
    durationSeconds: Math.round((outcome.at - acceptedAt) / 1000),
    checkAttempts,
    ...(leaving === undefined ? {} : { left: leaving }),
  };
};

const didAsAsked = ({ kind, state }: Deployment): boolean | undefined => {
  if (state === 'succeeded') return true;
  if (state === 'rolled-back') return kind === 'rollback';
  return state === 'failed' ? false : undefined;
};

/** `undefined`: it has not ended yet. */
export const endedAs = (deployment: Deployment, audit: readonly AuditRecord[], leftSuccess: boolean): Ended | undefined => {
  const detail = detailOf(deployment);
  const at = deployment.outcome?.at ?? 0;
  if (detail === undefined) return undefined;
  const figures = figuresOf(detail, { audit, leftSuccess, now: at });
  const did = didAsAsked(deployment);
  return { at, figures, ...(did === undefined ? {} : { did }) };
};

/** A request that was never accepted: its answer is all that is kept of it. */
export const refusedAs = ({ detail }: OutboxEntry): Ended => {
  // The named border: what the router keeps is the detail of a verdict's event.
  const known = detail as unknown as DeploymentDetail;
  const at = Date.parse(known.at);
  return { at, figures: figuresOf(known, { audit: [], leftSuccess: false, now: at }) };
};

/** The middle one, or the mean of the two in the middle. */
export const median = (values: readonly number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
};

const byKey = (figures: readonly Figure[], key: 'verdict' | 'phase'): ReadonlyMap<string, readonly number[]> => {
  const found = new Map<string, readonly number[]>();
  for (const { of, value } of figures) found.set(of[key] ?? '', [...(found.get(of[key] ?? '') ?? []), value]);
  return found;
};

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

const rate = (part: number, of: number): number | null => (of === 0 ? null : part / of);

export const summaryOf = (ended: readonly Ended[], { from, until }: Period): Summary => {
  const inPeriod = ended.filter(({ at }) => at >= from && at < until);
  const figures = inPeriod.flatMap((one) => one.figures);
  const of = (name: MetricName) => figures.filter((figure) => figure.name === name);
  const values = (name: MetricName) => of(name).map(({ value }) => value);
  const verdicts = Object.fromEntries([...byKey(of('Deployments'), 'verdict')].map(([name, all]) => [name, all.length]));
  const good = inPeriod.filter(({ did }) => did === true).length;
  const bad = inPeriod.filter(({ did }) => did === false).length;
  const changes = sum(values('Changes'));
  const phases = [...byKey(of('PhaseDuration'), 'phase')].map(([name, all]) => [name, median(all) ?? 0]);
  return {
    requests: sum(values('Deployments')),
    verdicts,
    successRate: rate(good, good + bad),
    changes,
    changesPerDay: changes / ((until - from) / DAY),
    changeFailureRate: rate(sum(values('ChangeFailures')), changes),
    leadTimeSeconds: median(values('LeadTime')),
    timeToRestoreSeconds: median(values('TimeToRestore')),
    durationSeconds: median(values('Duration')),
    queueWaitSeconds: median(values('QueueWait')),
    phaseSeconds: Object.fromEntries(phases),
    rollbacks: sum(values('Rollbacks')),
    failedRollbacks: sum(values('FailedRollbacks')),
    healthCheckRetries: sum(values('HealthCheckRetries')),
  };
};
