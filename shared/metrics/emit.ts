import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS, type MetricName } from './metrics.ts';

/** One figure. */
export interface Figure {
  readonly name: MetricName;
  readonly value: number;
  /** Of its dimensions, those that tell it apart. */
  readonly of: Readonly<Partial<Record<'environment' | 'service' | 'verdict' | 'phase', string>>>;
}

interface Where {
  /** The namespace: the installation's name. */
  readonly namespace: string;
  readonly write: (line: string) => void;
}

/** CloudWatch takes 1 to 1,024 printable ASCII characters, not beginning with a colon (API reference, Dimension). */
const dimensionValue = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/^:/, '_')
    .trim()
    .slice(0, 1024) || '_';

const line = ({ name, value, of }: Figure, namespace: string, at: number): string => {
  const { unit, dimensions } = METRICS[name];
  const metrics = new Metrics({ namespace, logger: QUIET });
  metrics.clearDefaultDimensions();
  for (const set of dimensions)
    metrics.addDimensions(Object.fromEntries(set.map((dimension) => [dimension, dimensionValue(of[dimension] ?? '')])));
  metrics.addMetric(name, unit, value);
  metrics.setTimestamp(at);
  return JSON.stringify(metrics.serializeMetrics());
};

/** The library remarks that a dimension is in several sets, which is meant. */
const QUIET = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  trace: () => undefined,
};

/**
 * Writes figures as lines of the log from which CloudWatch makes metrics (CloudWatch User Guide, "Embedded metric format specification").
 * `at`: when it was so, in milliseconds since the epoch.
 */
export const emit = ({ namespace, write }: Where, figures: readonly Figure[], at: number): void => {
  for (const figure of figures) write(line(figure, namespace, at));
};
