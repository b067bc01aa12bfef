/** Units as CloudWatch has them (API reference, MetricDatum). */
type Unit = 'Count' | 'Seconds' | 'Milliseconds';

/** By which a figure can be told apart, beside its name. Each list is one set of dimensions. */
type Dimensions = readonly (readonly ('environment' | 'service' | 'verdict' | 'phase')[])[];

interface Metric {
  readonly unit: Unit;
  readonly dimensions: Dimensions;
  /** What docs/metrics.md says of it. */
  readonly meaning: string;
}

const EACH = [['environment'], ['environment', 'service']] as const;

/** One set, of none: without a set there is no metric ("Embedded metric format document schema": at least one). */
const NONE: Dimensions = [[]];

/** Every metric that is emitted, in the namespace of the installation's name. A test compares it with docs/metrics.md, both ways. */
export const METRICS = {
  Deployments: {
    unit: 'Count',
    dimensions: [...EACH, ['environment', 'service', 'verdict']],
    meaning: '1 for each verdict of a deployment',
  },
  Changes: {
    unit: 'Count',
    dimensions: EACH,
    meaning: '1 for each deployment that rolled something out (DORA: deployment frequency)',
  },
  ChangeFailures: {
    unit: 'Count',
    dimensions: EACH,
    meaning:
      '1 for each of those that was undone or failed, and for each rollback of one that had succeeded (DORA: change failure rate)',
  },
  LeadTime: { unit: 'Seconds', dimensions: EACH, meaning: 'from the request to the success (DORA: lead time for changes)' },
  TimeToRestore: {
    unit: 'Seconds',
    dimensions: EACH,
    meaning: 'from the beginning of the way back to the verdict that what was there runs (DORA: time to restore)',
  },
  Duration: { unit: 'Seconds', dimensions: EACH, meaning: 'from acceptance to the verdict' },
  PhaseDuration: {
    unit: 'Seconds',
    dimensions: [['environment', 'service', 'phase']],
    meaning: 'in each state on the way: `queued`, `starting`, `rolling-out`, `verifying`, `baking`, `rolling-back` …',
  },
  QueueWait: { unit: 'Seconds', dimensions: EACH, meaning: 'in the states in which it waits for its turn' },
  HealthCheckRetries: {
    unit: 'Count',
    dimensions: EACH,
    meaning: 'health checks after the first, of the checks that the verdict counts',
  },
  Rollbacks: { unit: 'Count', dimensions: EACH, meaning: '1 for each way back that was begun, by a deployment or asked for' },
  FailedRollbacks: { unit: 'Count', dimensions: EACH, meaning: '1 for each way back that failed: 0 otherwise, at each verdict' },
  VerdictLag: {
    unit: 'Milliseconds',
    dimensions: EACH,
    meaning: 'from the commit of the verdict until this subscriber has it from the bus',
  },
  OverdueDeployments: {
    unit: 'Count',
    dimensions: NONE,
    meaning: 'at each sweep: deployments without a verdict whose stated time has passed by more than five minutes',
  },
  Sweeps: { unit: 'Count', dimensions: NONE, meaning: '1 at the end of each sweep' },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;
