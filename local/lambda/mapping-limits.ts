import { invalid } from './errors.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';

export const isFifo = (queueArn: string): boolean => queueArn.endsWith('.fifo');

/** Limits of CreateEventSourceMapping for queues (API reference, and developer guide, services-sqs-configure). */
const LARGEST_BATCH = { fifo: 10, standard: 10_000 } as const;
const LARGEST_WITHOUT_WINDOW = 10;
const LONGEST_WINDOW = 300;
const CONCURRENCY = { least: 2, most: 1000 } as const;
/** Developer Guide, "Control which events Lambda sends to your function". */
const MOST_FILTERS = 5;

const NEEDS_WINDOW = 'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10';

/** The mapping, if Lambda takes it. Errors: Lambda's own, with its messages where they are recorded. */
export const checked = (mapping: EventSourceMapping): EventSourceMapping => {
  const { batchSize, batchingWindow, maximumConcurrency, queueArn, filters } = mapping;
  const largest = LARGEST_BATCH[isFifo(queueArn) ? 'fifo' : 'standard'];
  within('batchSize', batchSize, 1, largest);
  within('maximumBatchingWindowInSeconds', batchingWindow, 0, LONGEST_WINDOW);
  if (maximumConcurrency !== undefined)
    within('scalingConfig.maximumConcurrency', maximumConcurrency, CONCURRENCY.least, CONCURRENCY.most);
  if (isFifo(queueArn) && batchingWindow > 0) throw invalid('Batching window is not supported for FIFO queues');
  if (batchSize > LARGEST_WITHOUT_WINDOW && batchingWindow === 0) throw invalid(NEEDS_WINDOW);
  if (filters.length > MOST_FILTERS) throw invalid(`A mapping has at most ${MOST_FILTERS} filters, not ${filters.length}`);
  return mapping;
};

const within = (member: string, value: number, least: number, most: number): void => {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const limit = value > most ? `less than or equal to ${most}` : `greater than or equal to ${least}`;
  throw invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have value ${limit}`,
  );
};

/** Whether failures are reported message by message. */
export const reports = (types: readonly string[] = []): boolean => {
  const unknown = types.find((type) => type !== 'ReportBatchItemFailures');
  if (unknown !== undefined)
    throw invalid(
      `1 validation error detected: Value '[${unknown}]' at 'functionResponseTypes' failed to satisfy constraint: Member must satisfy enum value set: [ReportBatchItemFailures]`,
    );
  return types.length > 0;
};

/** Lambda refuses a queue whose messages come back while the function may still run. */
export const requireVisibility = (visibility: number, timeout: number): void => {
  if (visibility < timeout)
    throw invalid(`Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeout} seconds`);
};
