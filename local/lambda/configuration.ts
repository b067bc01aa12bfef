import { createHash } from 'node:crypto';
import { AwsError } from '../errors.ts';
import { arnAt, type Place } from '../place.ts';
import { invalid } from './errors.ts';

/** The image that a function is made from. */
export interface FunctionImage {
  /** As it was named: by tag or digest. */
  readonly uri: string;
  /** By digest: a tag counts when the code is updated, and not any more afterwards (Developer Guide, "Create a Lambda function using a container image"). */
  readonly resolved: string;
}

/** How a function, or a version, is (Developer Guide, "Lambda function states"). */
export interface FunctionState {
  readonly state: 'Pending' | 'Active' | 'Failed';
  readonly update: 'InProgress' | 'Successful' | 'Failed';
  /** Why it is not as it should be. */
  readonly why?: { readonly code: string; readonly reason: string };
}

/** One version of a function, as it is configured: `$LATEST`, or a number. */
export interface FunctionConfiguration extends FunctionState {
  readonly name: string;
  readonly place: Place;
  /** Of a published version with its number. */
  readonly arn: string;
  readonly version: string;
  /** Another one after each change; a change under way ends with a further one. */
  readonly revisionId: string;
  /** Counts the changes of what a version is made from: code and configuration. */
  readonly generation: number;
  /** `handlers/route.handler`: the module's path without its extension, a dot, the export's name. Empty for an image. */
  readonly handler: string;
  /** Empty for an image. */
  readonly runtime: string;
  readonly image?: FunctionImage;
  /** Of a zip archive in base64; of an image its digest's hexadecimal digits. Unknown for a folder. */
  readonly codeSha256?: string;
  /** Bytes of a zip archive that came by a call. */
  readonly codeSize?: number;
  readonly architecture: 'x86_64' | 'arm64';
  readonly description: string;
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memory: number;
  readonly environment: Readonly<Record<string, string>>;
  /** ARN of the function's role. */
  readonly role: string;
  /** The packaged code on this machine: a zip file or a folder. Empty for an image. */
  readonly code: string;
  readonly logGroup: string;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** What a function is created from; the rest has Lambda's defaults (API reference, CreateFunction). */
export type FunctionSpecification = Pick<FunctionConfiguration, 'name' | 'handler' | 'runtime' | 'role' | 'code'> &
  Partial<
    Pick<
      FunctionConfiguration,
      'architecture' | 'description' | 'timeout' | 'memory' | 'environment' | 'logGroup' | 'image' | 'codeSha256' | 'codeSize'
    >
  >;

export const LATEST = '$LATEST';

export const functionArn = (place: Place, name: string): string => arnAt(place, 'lambda', `function:${name}`);

/** The same for the same change of the same function, and for no other. */
export const revisionIdOf = (arn: string, change: string | number): string => {
  const hex = createHash('sha256').update(`${arn} ${change}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
};

/** Limits of CreateFunction (API reference): name, seconds, MB. */
const NAME = /^[a-zA-Z0-9-_]{1,64}$/;
const LONGEST_TIMEOUT = 900;
const SMALLEST_MEMORY = 128;
const LARGEST_MEMORY = 10_240;

/** Variables that only Lambda sets (developer guide, configuration-envvars, "Reserved environment variables"). */
const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);
const RESERVED_USED =
  'Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request:';

export const configure = (place: Place, specification: FunctionSpecification, lastModified: string): FunctionConfiguration => {
  const { name, timeout = 3, memory = 128 } = specification;
  if (!NAME.test(name)) throw notSatisfied(name, 'functionName', 'satisfy regular expression pattern: [a-zA-Z0-9-_]{1,64}');
  if (!Number.isInteger(timeout) || timeout < 1) throw notSatisfied(timeout, 'timeout', 'have value greater than or equal to 1');
  if (timeout > LONGEST_TIMEOUT) throw notSatisfied(timeout, 'timeout', `have value less than or equal to ${LONGEST_TIMEOUT}`);
  if (!Number.isInteger(memory) || memory < SMALLEST_MEMORY)
    throw notSatisfied(memory, 'memorySize', `have value greater than or equal to ${SMALLEST_MEMORY}`);
  if (memory > LARGEST_MEMORY) throw notSatisfied(memory, 'memorySize', `have value less than or equal to ${LARGEST_MEMORY}`);
  const reserved = Object.keys(specification.environment ?? {}).filter((variable) => RESERVED.has(variable));
  if (reserved.length > 0) throw invalid(`${RESERVED_USED} ${reserved.join(', ')}`);
  return {
    architecture: 'x86_64',
    description: '',
    environment: {},
    logGroup: `/aws/lambda/${name}`,
    ...specification,
    place,
    arn: functionArn(place, name),
    version: LATEST,
    revisionId: revisionIdOf(functionArn(place, name), lastModified),
    generation: 0,
    state: 'Active',
    update: 'Successful',
    timeout,
    memory,
    lastModified,
  };
};

const notSatisfied = (value: string | number, member: string, constraint: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );
