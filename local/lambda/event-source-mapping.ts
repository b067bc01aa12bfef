import { AwsError } from '../errors.ts';
import { arnAt } from '../place.ts';
import { uuid } from '../wire/uuid.ts';
import { invalid } from './errors.ts';
import { compileFilters } from './filters.ts';
import { checked, reports, requireVisibility } from './mapping-limits.ts';
import { POLLS, refusalOf } from './poll-permissions.ts';
import { createPoller, type MappingPoller } from './poller.ts';
import { functionOf, type LambdaStore } from './store.ts';

/** A queue whose messages a function handles. */
export interface EventSourceMapping {
  readonly id: string;
  readonly arn: string;
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
  /** Patterns, of which one has to fit; messages that none fits are deleted. Without any, all are handed over. */
  readonly filters: readonly string[];
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
  readonly filters?: readonly string[] | undefined;
}

const notPermitted = (call: string): string => `The provided execution role does not have permissions to call ${call} on SQS`;

/** What UpdateEventSourceMapping may change here. */
export type MappingChange = Partial<Omit<MappingSpecification, 'functionName' | 'queueArn'>>;

/** Creates a mapping and begins to poll. Errors: Lambda's own, with its messages where they are recorded. */
export const createMapping = (store: LambdaStore, specification: MappingSpecification): EventSourceMapping => {
  const { configuration } = functionOf(store, specification.functionName).latest;
  const { queueArn } = specification;
  if (!store.queues.exists(queueArn)) throw invalid(NO_QUEUE);
  requireVisibility(store.queues.visibilityTimeout(queueArn), configuration.timeout);
  for (const call of POLLS) if (refusalOf(store, configuration, queueArn, call) !== undefined) throw invalid(notPermitted(call));
  const twin = [...store.mappings.values()].find(
    ({ mapping }) => mapping.queueArn === queueArn && mapping.functionName === configuration.name,
  );
  if (twin !== undefined) throw duplicate(twin, configuration.name);
  const id = uuid(store.random);
  const mapping = checked({
    id,
    arn: arnAt(store.place, 'lambda', `event-source-mapping:${id}`),
    functionName: configuration.name,
    functionArn: configuration.arn,
    queueArn,
    batchSize: specification.batchSize ?? 10,
    batchingWindow: specification.batchingWindow ?? 0,
    reportsBatchItemFailures: reports(specification.functionResponseTypes),
    maximumConcurrency: specification.maximumConcurrency,
    enabled: specification.enabled ?? true,
    filters: filtersOf(specification.filters),
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
    filters: change.filters === undefined ? before.filters : filtersOf(change.filters),
    lastModified: store.clock.now(),
  });
  poller.update(mapping);
  return mapping;
};

/** Ends the polling; batches under way are finished. Answers what the mapping was. */
export const deleteMapping = (store: LambdaStore, id: string): EventSourceMapping => {
  const poller = mappingOf(store, id);
  poller.stop();
  store.mappings.delete(id);
  return poller.mapping;
};

/** Throws for what is no pattern. */
const filtersOf = (patterns: readonly string[] = []): readonly string[] => {
  compileFilters(patterns);
  return patterns;
};

/** Throws `ResourceNotFoundException`. */
export const mappingOf = (store: LambdaStore, id: string): MappingPoller => {
  const poller = store.mappings.get(id);
  if (poller !== undefined) return poller;
  throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', { status: 404 });
};

const NO_QUEUE =
  'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.';

const duplicate = ({ mapping }: MappingPoller, functionName: string): AwsError =>
  new AwsError(
    'ResourceConflictException',
    `An event source mapping with SQS arn (" ${mapping.queueArn} ") and function (" ${functionName} ") already exists. ` +
      `Please update or delete the existing mapping with UUID ${mapping.id}`,
    { status: 409 },
  );
