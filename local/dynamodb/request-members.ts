import { arnAt, type Place } from '../place.ts';
import { validationError } from './errors.ts';
import { anything, map, oneOf, optional, type Reader, refused, string, structure } from './shape.ts';

const NAME_PATTERN = '[a-zA-Z0-9_.-]+';

export const arnOfTable = (place: Place, name: string): string => arnAt(place, 'dynamodb', `table/${name}`);

/** Wherever AWS takes a table's name it takes its ARN as well: `findTable` knows both. */
export const tableName: Reader<string> = (value, place) =>
  typeof value === 'string' && value.startsWith('arn:')
    ? value
    : string({ min: 1, max: 255, pattern: NAME_PATTERN })(value, place);

export const newTableName = string({ min: 3, max: 255, pattern: NAME_PATTERN });
export const indexName = string({ min: 3, max: 255, pattern: NAME_PATTERN });
export const attributeName = string({ min: 1, max: 255 });

export const returnConsumedCapacity = optional(oneOf('INDEXES', 'TOTAL', 'NONE'));
export const returnItemCollectionMetrics = optional(oneOf('SIZE', 'NONE'));
export const returnOnFailure = optional(oneOf('ALL_OLD', 'NONE'));

/** The members that every request with expressions shares. */
export const placeholderMembers = {
  ExpressionAttributeNames: optional(map(string())),
  ExpressionAttributeValues: optional(map(anything)),
};

/** The parameters of before 2014. AWS still takes them; the local cloud refuses each by its name. */
export const legacyWriteMembers = { Expected: refused, ConditionalOperator: refused };

/**
 * AWS's own refusal of a request that mixes the old parameters with expressions; it comes before the local cloud's refusal of
 * the old ones.
 */
export const refuseMixed = (
  input: Readonly<Record<string, unknown>>,
  legacy: readonly string[],
  expressions: readonly string[],
): void => {
  const isGiven = (name: string) => input[name] !== undefined && input[name] !== null;
  const old = legacy.filter(isGiven);
  const modern = expressions.filter(isGiven);
  if (old.length === 0 || modern.length === 0) return;
  throw validationError(
    'Can not use both expression and non-expression parameters in the same request: ' +
      `Non-expression parameters: {${old.join(', ')}} Expression parameters: {${modern.join(', ')}}`,
  );
};

export const tableOnly = structure({ TableName: tableName });
