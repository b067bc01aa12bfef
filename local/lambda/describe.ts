import type { Alias } from './aliases.ts';
import type { FunctionConfiguration } from './configuration.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import type { FunctionUrl } from './function-urls.ts';

/** A function, or a version of it, as GetFunctionConfiguration answers it. */
export const describeFunction = (configuration: FunctionConfiguration) => ({
  FunctionName: configuration.name,
  FunctionArn: configuration.arn,
  ...(configuration.image === undefined ? { Runtime: configuration.runtime, Handler: configuration.handler } : {}),
  Role: configuration.role,
  Description: configuration.description,
  Timeout: configuration.timeout,
  MemorySize: configuration.memory,
  LastModified: configuration.lastModified,
  ...(configuration.codeSha256 === undefined ? {} : { CodeSha256: configuration.codeSha256 }),
  // of an image it is none (API reference, FunctionConfiguration)
  CodeSize: configuration.codeSize ?? 0,
  Version: configuration.version,
  RevisionId: configuration.revisionId,
  ...(Object.keys(configuration.environment).length > 0 ? { Environment: { Variables: configuration.environment } } : {}),
  ...describeState(configuration),
  PackageType: configuration.image === undefined ? 'Zip' : 'Image',
  Architectures: [configuration.architecture],
  LoggingConfig: { LogFormat: 'Text', LogGroup: configuration.logGroup },
});

/** A version is not updated any more; its state alone is told of (API reference, FunctionConfiguration). */
const describeState = ({ state, update, why }: FunctionConfiguration) => ({
  State: state,
  ...(state === 'Active' || why === undefined ? {} : { StateReason: why.reason, StateReasonCode: why.code }),
  LastUpdateStatus: update,
  ...(update === 'Successful' || why === undefined || state !== 'Active'
    ? {}
    : { LastUpdateStatusReason: why.reason, LastUpdateStatusReasonCode: why.code }),
});

/** An alias, as GetAlias answers it. */
export const describeAlias = ({ arn, name, version, weights, description, revisionId }: Alias) => ({
  AliasArn: arn,
  Name: name,
  FunctionVersion: version,
  Description: description,
  ...(weights.size === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: Object.fromEntries(weights) } }),
  RevisionId: revisionId,
});

/** The address of a function, as GetFunctionUrlConfig answers it. */
export const describeUrl = (arn: string, qualifier: string | undefined, { url, createdAt }: FunctionUrl) => ({
  FunctionUrl: url,
  FunctionArn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
  AuthType: 'NONE',
  CreationTime: createdAt,
  LastModifiedTime: createdAt,
  InvokeMode: 'BUFFERED',
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
