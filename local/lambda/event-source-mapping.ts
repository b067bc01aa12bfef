import { AwsError } from '../errors.ts';
import { ACCOUNT, REGION } from '../service.ts';
import { uuid } from '../wire/uuid.ts';
import { invalid } from './errors.ts';
import { POLLS, refusalOf } from './poll-permissions.ts';
import { createPoller, type MappingPoller } from './poller.ts';
import { functionOf, type LambdaStore } from './store.ts';

/** A queue whose messages a function handles. */
export interface EventSourceMapping {
  readonly id: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly queueArn: string;
  readonly batchSize: number;
  /** Seconds that a batch of a standard queue is collected for; 0: not at all. */
  readonly batchingWindow: number;
  /** Whether the function answers which messages of a batch have failed. */
  readonly reportsBatchItemFailures: boolean;
  /** Batches under way at once; `undefined`: as many as there are. */
  readonly maximumConcurrency: number | undefined;
  readonly enabled: boolean;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
}

export interface MappingSpecification {
  readonly functionName: string;
  readonly queueArn: string;
  readonly batchSize?: number | undefined;
  readonly batchingWindow?: number | undefined;
  readonly functionResponseTypes?: readonly string[] | undefined;
  readonly maximumConcurrency?: number | undefined;
  readonly enabled?: boolean | undefined;
}

const notPermitted = (call: string): string => `The provided execution role does not have permissions to call ${call} on SQS`;

/** What UpdateEventSourceMapping may change here. */
export type MappingChange = Partial<Omit<MappingSpecification, 'functionName' | 'queueArn'>>;

/** Creates a mapping and begins to poll. Errors: Lambda's own, with its messages where they are recorded. */
export const createMapping = (store: LambdaStore, specification: MappingSpecification): EventSourceMapping => {
  const { configuration } = functionOf(store, specification.functionName);
  const { queueArn } = specification;
  if (!store.queues.exists(queueArn)) throw invalid(NO_QUEUE);
  for (const call of POLLS) if (refusalOf(store, configuration, queueArn, call) !== undefined) throw invalid(notPermitted(call));
  const twin = [...store.mappings.values()].find(
    ({ mapping }) => mapping.queueArn === queueArn && mapping.functionName === configuration.name,
  );
  if (twin !== undefined) throw duplicate(twin, configuration.name);
  const mapping = checked({
    id: uuid(store.random),
    functionName: configuration.name,
    functionArn: configuration.arn,
    queueArn,
    batchSize: specification.batchSize ?? 10,
    batchingWindow: specification.batchingWindow ?? 0,
    reportsBatchItemFailures: reports(specification.functionResponseTypes),
    maximumConcurrency: specification.maximumConcurrency,
    enabled: specification.enabled ?? true,
    lastModified: store.clock.now(),
  });
  store.mappings.set(mapping.id, createPoller(store, mapping));
  return mapping;
};

export const updateMapping = (store: LambdaStore, id: string, change: MappingChange): EventSourceMapping => {
  const poller = mappingOf(store, id);
  const before = poller.mapping;
  const mapping = checked({
    ...before,
    batchSize: change.batchSize ?? before.batchSize,
    batchingWindow: change.batchingWindow ?? before.batchingWindow,
    reportsBatchItemFailures:
      change.functionResponseTypes === undefined ? before.reportsBatchItemFailures : reports(change.functionResponseTypes),
    maximumConcurrency: change.maximumConcurrency ?? before.maximumConcurrency,
    enabled: change.enabled ?? before.enabled,
    lastModified: store.clock.now(),
  });
  poller.update(mapping);
  return mapping;
};

/** Throws `ResourceNotFoundException`. */
export const mappingOf = (store: LambdaStore, id: string): MappingPoller => {
  const poller = store.mappings.get(id);
  if (poller !== undefined) return poller;
  throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', { status: 404 });
};

export const mappingArn = (id: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:event-source-mapping:${id}`;

export const isFifo = (queueArn: string): boolean => queueArn.endsWith('.fifo');

/** Limits of CreateEventSourceMapping for queues (API reference, and developer guide, services-sqs-configure). */
const LARGEST_BATCH = { fifo: 10, standard: 10_000 } as const;
const LARGEST_WITHOUT_WINDOW = 10;
const LONGEST_WINDOW = 300;
const CONCURRENCY = { least: 2, most: 1000 } as const;

const checked = (mapping: EventSourceMapping): EventSourceMapping => {
  const { batchSize, batchingWindow, maximumConcurrency, queueArn } = mapping;
  const largest = LARGEST_BATCH[isFifo(queueArn) ? 'fifo' : 'standard'];
  within('batchSize', batchSize, 1, largest);
  within('maximumBatchingWindowInSeconds', batchingWindow, 0, LONGEST_WINDOW);
  if (maximumConcurrency !== undefined)
    within('scalingConfig.maximumConcurrency', maximumConcurrency, CONCURRENCY.least, CONCURRENCY.most);
  if (isFifo(queueArn) && batchingWindow > 0) throw invalid('Batching window is not supported for FIFO queues');
  if (batchSize > LARGEST_WITHOUT_WINDOW && batchingWindow === 0) throw invalid(NEEDS_WINDOW);
  return mapping;
};

const within = (member: string, value: number, least: number, most: number): void => {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const limit = value > most ? `less than or equal to ${most}` : `greater than or equal to ${least}`;
  throw invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have value ${limit}`,
  );
};

const reports = (types: readonly string[] = []): boolean => {
  const unknown = types.find((type) => type !== 'ReportBatchItemFailures');
  if (unknown !== undefined)
    throw invalid(
      `1 validation error detected: Value '[${unknown}]' at 'functionResponseTypes' failed to satisfy constraint: Member must satisfy enum value set: [ReportBatchItemFailures]`,
    );
  return types.length > 0;
};

const NO_QUEUE =
  'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.';
const NEEDS_WINDOW = 'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10';

const duplicate = ({ mapping }: MappingPoller, functionName: string): AwsError =>
  new AwsError(
    'ResourceConflictException',
    `An event source mapping with SQS arn (" ${mapping.queueArn} ") and function (" ${functionName} ") already exists. ` +
      `Please update or delete the existing mapping with UUID ${mapping.id}`,
    { status: 409 },
  );
