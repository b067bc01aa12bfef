import type { FunctionConfiguration } from './configuration.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';

/** A function, as GetFunctionConfiguration answers it. */
export const describeFunction = (configuration: FunctionConfiguration) => ({
  FunctionName: configuration.name,
  FunctionArn: configuration.arn,
  Runtime: configuration.runtime,
  Role: configuration.role,
  Handler: configuration.handler,
  Description: configuration.description,
  Timeout: configuration.timeout,
  MemorySize: configuration.memory,
  LastModified: configuration.lastModified,
  Version: '$LATEST',
  ...(Object.keys(configuration.environment).length > 0 ? { Environment: { Variables: configuration.environment } } : {}),
  State: 'Active',
  LastUpdateStatus: 'Successful',
  PackageType: 'Zip',
  Architectures: [configuration.architecture],
  LoggingConfig: { LogFormat: 'Text', LogGroup: configuration.logGroup },
});

/** A mapping, as GetEventSourceMapping answers it; an update's answer names the transition (`Enabling`). */
export const describeMapping = (mapping: EventSourceMapping, state = mapping.enabled ? 'Enabled' : 'Disabled') => ({
  UUID: mapping.id,
  BatchSize: mapping.batchSize,
  MaximumBatchingWindowInSeconds: mapping.batchingWindow,
  EventSourceArn: mapping.queueArn,
  EventSourceMappingArn: mapping.arn,
  FunctionArn: mapping.functionArn,
  ...(mapping.filters.length === 0 ? {} : { FilterCriteria: { Filters: mapping.filters.map((Pattern) => ({ Pattern })) } }),
  FunctionResponseTypes: mapping.reportsBatchItemFailures ? ['ReportBatchItemFailures'] : [],
  ...(mapping.maximumConcurrency === undefined ? {} : { ScalingConfig: { MaximumConcurrency: mapping.maximumConcurrency } }),
  LastModified: mapping.lastModified / 1000,
  State: state,
  StateTransitionReason: 'USER_INITIATED',
});
