import { AwsError } from '../errors.ts';
import { LATEST, revisionIdOf } from './configuration.ts';
import { invalid } from './errors.ts';
import { textOf } from './members.ts';
import { functionOf, type LambdaFunction, type LambdaStore, versionOf } from './store.ts';

type Input = Readonly<Record<string, unknown>>;

/** A name for a version, perhaps with a second one that has a share of the invocations. */
export interface Alias {
  readonly arn: string;
  readonly name: string;
  readonly version: string;
  /** At most one: the other version, and its share (0 to 1). */
  readonly weights: ReadonlyMap<string, number>;
  readonly description: string;
  readonly revisionId: string;
  /** Counts its changes. */
  readonly changes: number;
}

const ALIAS_NAME = /^(?!^[0-9]+$)([a-zA-Z0-9-_]+)$/;

const notSatisfied = (value: string, member: string, constraint: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );

export const aliasName = (name: string): string => {
  if (ALIAS_NAME.test(name) && name.length <= 128) return name;
  throw notSatisfied(
    name,
    'name',
    'Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+) and have length less than or equal to 128',
  );
};

/** Throws `ResourceNotFoundException`. */
export const aliasOf = (store: LambdaStore, reference: string, name: string): Alias => {
  const { aliases, latest } = functionOf(store, reference);
  const found = aliases.get(name);
  if (found !== undefined) return found;
  throw new AwsError('ResourceNotFoundException', `Cannot find alias arn: ${latest.configuration.arn}:${name}`, { status: 404 });
};

/** Throws where somebody else has changed it since (API reference, `RevisionId` of UpdateAlias and others). */
export const requireRevision = (given: string | undefined, current: string): void => {
  if (given === undefined || given === current) return;
  throw new AwsError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    { status: 412 },
  );
};

/** Throws for a version that is not there, or is none. */
const requireVersion = (store: LambdaStore, reference: string, version: string): void => {
  if (version !== LATEST && !/^[0-9]+$/.test(version))
    throw notSatisfied(version, 'functionVersion', String.raw`Member must satisfy regular expression pattern: (\$LATEST|[0-9]+)`);
  versionOf(store, reference, version);
};

/** The share of a second version. Developer Guide, "Create a weighted alias": two published versions at most, never `$LATEST`. */
const weightsOf = (store: LambdaStore, reference: string, version: string, routing: unknown): ReadonlyMap<string, number> => {
  const { AdditionalVersionWeights = {}, ...others } = (routing ?? {}) as { readonly AdditionalVersionWeights?: Input };
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalid(`RoutingConfig has no member ${other}`);
  const entries = Object.entries(AdditionalVersionWeights);
  if (entries.length > 1) throw invalid('Number of items in AdditionalVersionWeights cannot be greater than 1');
  for (const [second, weight] of entries) {
    if (typeof weight !== 'number' || !(weight >= 0 && weight <= 1))
      throw notSatisfied(
        `{${second}=${String(weight)}}`,
        'routingConfig.additionalVersionWeights',
        'Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0]',
      );
    if (second === version)
      throw invalid(
        `Invalid function version ${second}. Function version ${second} is already included in routing configuration.`,
      );
    if (version === LATEST || second === LATEST)
      throw invalid('$LATEST is not supported for an alias pointing to more than 1 version');
    requireVersion(store, reference, second);
  }
  return new Map(entries as [string, number][]);
};

/** Makes an alias, or changes it: what is not given stays; an empty routing takes the second version away. */
export const putAlias = (store: LambdaStore, reference: string, name: string, input: Input, before?: Alias): Alias => {
  const { aliases, latest } = functionOf(store, reference);
  const version = textOf(input, 'FunctionVersion') ?? before?.version ?? '';
  requireVersion(store, reference, version);
  const routing = input['RoutingConfig'];
  const kept = before !== undefined && routing === undefined ? Object.fromEntries(before.weights) : undefined;
  const weights = weightsOf(store, reference, version, kept === undefined ? routing : { AdditionalVersionWeights: kept });
  const arn = `${latest.configuration.arn}:${name}`;
  const changes = (before?.changes ?? 0) + 1;
  const alias: Alias = {
    arn,
    name,
    version,
    weights,
    description: textOf(input, 'Description') ?? before?.description ?? '',
    revisionId: revisionIdOf(arn, `${store.clock.now()} ${changes}`),
    changes,
  };
  aliases.set(name, alias);
  return alias;
};

/** The names of the aliases that a version serves. */
export const aliasesOn = ({ aliases }: LambdaFunction, version: string): readonly string[] =>
  [...aliases.values()].filter((alias) => alias.version === version || alias.weights.has(version)).map(({ name }) => name);
