import type { DeploymentDetail } from '../heard.ts';
import type { AuditRecord } from '../store/reader.ts';
import type { Figure } from './emit.ts';
import type { MetricName } from './metrics.ts';
import { phasesOf, waitOf, wayBackOf } from './phases.ts';

/** What is known beside the verdict itself. */
export interface Beside {
  /** Of a request that was never accepted there is none. */
  readonly audit: readonly Pick<AuditRecord, 'at' | 'from' | 'to'>[];
  /** Of a rollback: what it left had ended as a success. */
  readonly leftSuccess: boolean;
  /** When it was heard, in milliseconds since the epoch. */
  readonly now: number;
}

type Told = Readonly<Partial<Record<MetricName, number | undefined>>>;

const doraOf = (detail: DeploymentDetail, back: number | undefined, leftSuccess: boolean): Told => {
  const { kind, verdict, changed = false, at, cause } = detail;
  const isChange = kind === 'deploy' && changed;
  const succeeded = isChange && verdict === 'succeeded';
  const failed = (isChange && !succeeded) || (kind === 'rollback' && changed && leftSuccess);
  return {
    Changes: isChange ? 1 : undefined,
    ChangeFailures: failed ? 1 : undefined,
    LeadTime: succeeded ? (Date.parse(at) - Date.parse(cause.time)) / 1000 : undefined,
    TimeToRestore: verdict === 'rolled-back' ? back : undefined,
  };
};

/** The figures of one verdict. */
export const figuresOf = (detail: DeploymentDetail, { audit, leftSuccess, now }: Beside): readonly Figure[] => {
  const { environment, service, verdict = '', kind, at, durationSeconds, checkAttempts = 0 } = detail;
  const phases = phasesOf(audit);
  const began = phases.has('rolling-back') || phases.has('verifying-rollback');
  const wentBack = began ? wayBackOf(phases, kind) : undefined;
  const accepted = phases.size > 0;
  const told: Told = {
    Deployments: 1,
    ...doraOf(detail, wentBack, leftSuccess),
    Duration: accepted ? durationSeconds : undefined,
    QueueWait: accepted ? waitOf(phases) : undefined,
    HealthCheckRetries: accepted ? Math.max(0, checkAttempts - 1) : undefined,
    Rollbacks: began ? 1 : undefined,
    FailedRollbacks: began && verdict === 'failed' ? 1 : 0,
    VerdictLag: Math.max(0, now - Date.parse(at)),
  };
  const of = { environment, service, verdict };
  const named = (Object.entries(told) as readonly [MetricName, number | undefined][]).flatMap(([name, value]): Figure[] =>
    value === undefined ? [] : [{ name, value, of }],
  );
  const inPhases = [...phases].map(([phase, value]): Figure => ({ name: 'PhaseDuration', value, of: { ...of, phase } }));
  return [...named, ...inPhases];
};
