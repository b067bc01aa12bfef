import { AwsError } from '../errors.ts';
import type { Basics, Network, Permissions, Queues } from '../ports.ts';
import type { Blobs } from '../registry/store.ts';
import { uuid } from '../wire/uuid.ts';
import type { Alias } from './aliases.ts';
import type { ReadCode } from './code-objects.ts';
import { configure, type FunctionConfiguration, type FunctionSpecification, functionArn, LATEST } from './configuration.ts';
import { invalid } from './errors.ts';
import type { FunctionUrl } from './function-urls.ts';
import { imageCode } from './image-code.ts';
import type { ImageRegistry } from './image-registry.ts';
import type { FunctionLoader, LoadedFunction } from './loader.ts';
import type { MappingPoller } from './poller.ts';

/** One version of a function that can be run. */
export interface Runnable {
  readonly configuration: FunctionConfiguration;
  readonly loaded: LoadedFunction;
}

/** A function with its versions and what points at them. */
export interface LambdaFunction {
  /** `$LATEST`, as it is described. */
  latest: Runnable;
  /** What invocations of `$LATEST` run: while an update is under way, and after one that failed, what ran before it. */
  serving: Runnable;
  /** By their number. */
  readonly versions: Map<string, Runnable>;
  /** How many were ever published: a number is never given again. */
  published: number;
  readonly aliases: Map<string, Alias>;
  /** By alias; `$LATEST` for the function itself. */
  readonly urls: Map<string, FunctionUrl>;
}

export interface LambdaOptions extends Basics {
  readonly queues: Queues;
  readonly permissions: Permissions;
  readonly load: FunctionLoader;
  readonly images: ImageRegistry;
  /** Where the archives of functions are kept; absent: nowhere. */
  readonly blobs?: Blobs | undefined;
  /** How code comes from S3. */
  readonly readCode: ReadCode;
  /** Where functions' URLs listen. */
  readonly network: Pick<Network, 'serve' | 'address'>;
  /** Seconds that Lambda needs to make an image ready, where the image does not say otherwise. */
  readonly readySeconds?: number | undefined;
  /** One line of a function's log that Lambda itself writes: what went wrong with an invocation. */
  readonly log: (functionName: string, line: string) => void;
}

/** Lambda of one account and region. */
export interface LambdaStore extends LambdaOptions {
  readonly functions: Map<string, LambdaFunction>;
  /** By UUID. */
  readonly mappings: Map<string, MappingPoller>;
  /** Who may invoke a function: policy documents by the functions' names, those of aliases by `name:alias`. */
  readonly policies: Map<string, unknown>;
}

export const createLambdaStore = (options: LambdaOptions): LambdaStore => ({
  ...options,
  functions: new Map(),
  mappings: new Map(),
  policies: new Map(),
});

export const loadCode = (store: LambdaStore, configuration: FunctionConfiguration): Promise<LoadedFunction> | LoadedFunction =>
  configuration.image === undefined ? store.load(configuration) : imageCode(store, configuration);

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
  const made = { configuration, loaded: await loadCode(store, configuration) };
  store.functions.set(configuration.name, {
    latest: made,
    serving: made,
    versions: new Map(),
    published: 0,
    aliases: new Map(),
    urls: new Map(),
  });
  store.permissions.open(configuration.name, configuration.role);
  return configuration;
};

const codesOf = ({ latest, serving, versions }: LambdaFunction): readonly LoadedFunction[] => [
  ...new Set([latest, serving, ...versions.values()].map(({ loaded }) => loaded)),
];

/** Running invocations are ended. Throws `ResourceNotFoundException`. */
export const removeFunction = async (store: LambdaStore, reference: string): Promise<void> => {
  const found = functionOf(store, reference);
  const { name } = found.latest.configuration;
  store.functions.delete(name);
  for (const owner of [...store.policies.keys()])
    if (owner === name || owner.startsWith(`${name}:`)) store.policies.delete(owner);
  for (const { listener } of found.urls.values()) store.network.serve(...listener, undefined);
  await Promise.all(codesOf(found).map((loaded) => loaded.stop()));
};

/** `2026-01-01T00:00:00.000+0000`, as Lambda writes times. */
export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '+0000');

/** Name, partial ARN or ARN, each perhaps with a version or an alias (API reference, Invoke). */
const REFERENCE =
  /^(?:(?:arn:aws:lambda:(?<region>[a-z0-9-]+):)?(?:(?<account>\d{12}):)?function:|(?<owner>\d{12}):)?(?<name>[a-zA-Z0-9-_]+)(?::(?<version>[a-zA-Z0-9-_$]+))?$/;

const read = (store: LambdaStore, reference: string) => {
  const { place } = store;
  const { region = place.region, account, owner, name = reference, version } = REFERENCE.exec(reference)?.groups ?? {};
  const isHere = region === place.region && (account ?? owner ?? place.account) === place.account;
  return { name, version, found: isHere ? store.functions.get(name) : undefined };
};

const notFound = ({ place }: LambdaStore, name: string, qualifier = LATEST): AwsError => {
  const suffix = qualifier === LATEST ? '' : `:${qualifier}`;
  return new AwsError('ResourceNotFoundException', `Function not found: ${functionArn(place, name)}${suffix}`, { status: 404 });
};

/** The whole function. Throws `ResourceNotFoundException`. */
export const functionOf = (store: LambdaStore, reference: string): LambdaFunction => {
  const { name, found } = read(store, reference);
  if (found === undefined) throw notFound(store, name);
  return found;
};

/** Which version or alias a call means: `$LATEST`, if it does not say. */
export const qualifierOf = (store: LambdaStore, reference: string, qualifier?: string): string =>
  qualifier ?? read(store, reference).version ?? LATEST;

/** The version that is meant; of an alias the one that it points at. Throws `ResourceNotFoundException`. */
export const versionOf = (store: LambdaStore, reference: string, given?: string): Runnable => {
  const { name, found } = read(store, reference);
  const qualifier = qualifierOf(store, reference, given);
  if (found === undefined) throw notFound(store, name, qualifier);
  const version = found.aliases.get(qualifier)?.version ?? qualifier;
  const meant = version === LATEST ? found.latest : found.versions.get(version);
  if (meant === undefined) throw notFound(store, name, qualifier);
  return meant;
};

/** What an invocation runs: of an alias with weights by chance. Throws `ResourceNotFoundException`. */
export const runnableOf = (store: LambdaStore, reference: string, given?: string): Runnable => {
  const { found } = read(store, reference);
  const meant = versionOf(store, reference, given);
  const alias = found?.aliases.get(qualifierOf(store, reference, given));
  const [[other, weight] = []] = alias?.weights ?? [];
  const drawn = other !== undefined && weight !== undefined && store.random() < weight ? found?.versions.get(other) : undefined;
  return drawn ?? (found !== undefined && meant === found.latest ? found.serving : meant);
};

/** Throws where it cannot be invoked yet, or ever (Developer Guide, "Lambda function states"). */
export const requireRunning = ({ configuration: { state } }: Runnable): void => {
  if (state === 'Active') return;
  throw new AwsError(
    'ResourceConflictException',
    `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
    { status: 409 },
  );
};

/** What calls that change code or configuration say to any other version. */
export const LATEST_ONLY = 'Current operation does not support versions other than $LATEST.';

export const newRequestId = ({ random }: Basics): string => uuid(random);

/** Stops polling and ends every environment. */
export const stopLambda = async (store: LambdaStore): Promise<void> => {
  for (const poller of store.mappings.values()) poller.stop();
  await Promise.all([...store.functions.values()].flatMap(codesOf).map((loaded) => loaded.stop()));
};
