import { AwsError } from '../errors.ts';
import type { Basics, Permissions, Queues } from '../ports.ts';
import { uuid } from '../wire/uuid.ts';
import { configure, type FunctionConfiguration, type FunctionSpecification, functionArn } from './configuration.ts';
import { invalid } from './errors.ts';
import type { FunctionLoader, LoadedFunction } from './loader.ts';
import type { MappingPoller } from './poller.ts';

export interface LambdaFunction {
  readonly configuration: FunctionConfiguration;
  readonly loaded: LoadedFunction;
}

export interface LambdaOptions extends Basics {
  readonly queues: Queues;
  readonly permissions: Permissions;
  readonly load: FunctionLoader;
  /** One line of a function's log that Lambda itself writes: what went wrong with an invocation. */
  readonly log: (functionName: string, line: string) => void;
}

/** Lambda of one account and region. */
export interface LambdaStore extends LambdaOptions {
  readonly functions: Map<string, LambdaFunction>;
  /** By UUID. */
  readonly mappings: Map<string, MappingPoller>;
  /** Who may invoke a function: policy documents by the functions' names. */
  readonly policies: Map<string, unknown>;
}

export const createLambdaStore = (options: LambdaOptions): LambdaStore => ({
  ...options,
  functions: new Map(),
  mappings: new Map(),
  policies: new Map(),
});

/**
 * Creates a function and loads its code. Throws `ResourceConflictException` for a name that is taken, and
 * `InvalidParameterValueException` for a role that is not there or does not trust Lambda.
 */
export const createFunction = async (
  store: LambdaStore,
  specification: FunctionSpecification,
): Promise<FunctionConfiguration> => {
  const configuration = configure(store.place, specification, isoTime(store.clock.now()));
  if (store.functions.has(configuration.name))
    throw new AwsError('ResourceConflictException', `Function already exist: ${configuration.name}`, { status: 409 });
  if (!store.permissions.trusts(configuration.role, 'lambda.amazonaws.com'))
    throw invalid('The role defined for the function cannot be assumed by Lambda.');
  const loaded = await store.load(configuration);
  store.functions.set(configuration.name, { configuration, loaded });
  store.permissions.open(configuration.name, configuration.role);
  return configuration;
};

/** Running invocations are ended. Throws `ResourceNotFoundException`. */
export const removeFunction = async (store: LambdaStore, reference: string): Promise<void> => {
  const { configuration, loaded } = functionOf(store, reference);
  store.functions.delete(configuration.name);
  store.policies.delete(configuration.name);
  await loaded.stop();
};

/** `2026-01-01T00:00:00.000+0000`, as Lambda writes times. */
const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '+0000');

/** Name, partial ARN or ARN, each perhaps with `:$LATEST` (API reference, Invoke). */
const REFERENCE =
  /^(?:(?:arn:aws:lambda:(?<region>[a-z0-9-]+):)?(?:(?<account>\d{12}):)?function:|(?<owner>\d{12}):)?(?<name>[a-zA-Z0-9-_]+)(?::(?<version>[a-zA-Z0-9-_$]+))?$/;

/** Throws `ResourceNotFoundException` for a function, version or alias that is not there. */
export const functionOf = (store: LambdaStore, reference: string, qualifier?: string): LambdaFunction => {
  const { place } = store;
  const { region = place.region, account, owner, name = reference, version: inName } = REFERENCE.exec(reference)?.groups ?? {};
  const isHere = region === place.region && (account ?? owner ?? place.account) === place.account;
  const found = isHere ? store.functions.get(name) : undefined;
  const version = qualifier ?? inName ?? '$LATEST';
  if (found !== undefined && version === '$LATEST') return found;
  const suffix = version === '$LATEST' ? '' : `:${version}`;
  throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn(store.place, name)}${suffix}`, {
    status: 404,
  });
};

export const newRequestId = ({ random }: Basics): string => uuid(random);

/** Stops polling and ends every environment. */
export const stopLambda = async (store: LambdaStore): Promise<void> => {
  for (const poller of store.mappings.values()) poller.stop();
  await Promise.all([...store.functions.values()].map(({ loaded }) => loaded.stop()));
};
