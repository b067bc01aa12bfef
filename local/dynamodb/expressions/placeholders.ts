import { AwsError } from '../../errors.ts';
import { type AttributeValue, readAttributeValue } from '../attribute-value.ts';
import { validationError } from '../errors.ts';

/** ExpressionAttributeNames and ExpressionAttributeValues of one request, and which of them its expressions have used. */
export interface Placeholders {
  name(alias: string): string | undefined;
  value(alias: string): AttributeValue | undefined;
  /** Call when all expressions are parsed: AWS refuses what none of them used. */
  refuseUnused(): void;
}

interface Source<T> {
  readonly given: ReadonlyMap<string, T>;
  readonly unused: Set<string>;
}

const sourceOf = <T>(entries: readonly (readonly [string, T])[]): Source<T> => ({
  given: new Map(entries),
  unused: new Set(entries.map(([alias]) => alias)),
});

const use = <T>(source: Source<T>, alias: string): T | undefined => {
  source.unused.delete(alias);
  return source.given.get(alias);
};

const checkAliases = (parameter: string, aliases: readonly string[], pattern: RegExp): void => {
  if (aliases.length === 0) throw validationError(`${parameter} must not be empty`);
  const wrong = aliases.find((alias) => !pattern.test(alias));
  if (wrong !== undefined) throw validationError(`${parameter} contains invalid key: Syntax error; key: "${wrong}"`);
};

const readValue = (alias: string, wire: unknown): AttributeValue => {
  try {
    return readAttributeValue(wire);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ValidationException') throw error;
    throw validationError(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${alias}`);
  }
};

const refuseLeftovers = (parameter: string, unused: ReadonlySet<string>): void => {
  if (unused.size === 0) return;
  throw validationError(`Value provided in ${parameter} unused in expressions: keys: {${[...unused].join(', ')}}`);
};

export interface PlaceholderInput {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

/** The request's expressions by parameter name, in the order in which AWS lists them; `undefined`: not given. */
type ExpressionTexts = Readonly<Record<string, string | undefined>>;

/** Names and values without an expression that could use them. A projection has no values. */
const refuseWithoutExpressions = (input: PlaceholderInput, expressions: ExpressionTexts): void => {
  const names = Object.keys(expressions);
  if (input.ExpressionAttributeNames !== undefined && names.every((name) => expressions[name] === undefined)) {
    throw validationError('ExpressionAttributeNames can only be specified when using expressions');
  }
  const takingValues = names.filter((name) => name !== 'ProjectionExpression');
  if (input.ExpressionAttributeValues !== undefined && takingValues.every((name) => expressions[name] === undefined)) {
    const verb = takingValues.length > 1 ? 'are' : 'is';
    throw validationError(
      `ExpressionAttributeValues can only be specified when using expressions: ${takingValues.join(' and ')} ${verb} null`,
    );
  }
};

export const readPlaceholders = (input: PlaceholderInput, expressions: ExpressionTexts): Placeholders => {
  refuseWithoutExpressions(input, expressions);
  const { ExpressionAttributeNames: givenNames, ExpressionAttributeValues: givenValues } = input;
  if (givenNames !== undefined) checkAliases('ExpressionAttributeNames', Object.keys(givenNames), /^#[0-9a-zA-Z_]+$/);
  if (givenValues !== undefined) checkAliases('ExpressionAttributeValues', Object.keys(givenValues), /^:[0-9a-zA-Z_]+$/);
  const names = sourceOf(Object.entries(givenNames ?? {}));
  const values = sourceOf(
    Object.entries(givenValues ?? {}).map(([alias, wire]): [string, AttributeValue] => [alias, readValue(alias, wire)]),
  );
  return {
    name: (alias) => use(names, alias),
    value: (alias) => use(values, alias),
    refuseUnused() {
      refuseLeftovers('ExpressionAttributeNames', names.unused);
      refuseLeftovers('ExpressionAttributeValues', values.unused);
    },
  };
};
