import type { Item } from './attribute-value.ts';
import { validationError } from './errors.ts';
import type { Condition } from './expressions/condition.ts';
import { parseCondition } from './expressions/condition-parser.ts';
import type { Path } from './expressions/paths.ts';
import { type PlaceholderInput, type Placeholders, readPlaceholders } from './expressions/placeholders.ts';
import { parseProjection } from './expressions/projection.ts';
import { keyAttributes } from './schema.ts';
import { indexDefinitions, type Table } from './table.ts';

/** An expression that may be missing. */
export const optionalCondition = (
  source: string | undefined,
  parameter: string,
  placeholders: Placeholders,
): Condition | undefined => (source === undefined ? undefined : parseCondition(source, parameter, placeholders));

interface ProjectionInput extends PlaceholderInput {
  readonly ProjectionExpression?: string | undefined;
}

/** The projection of a request that has no other expression. */
export const readProjection = (input: ProjectionInput): readonly Path[] | undefined => {
  const { ProjectionExpression } = input;
  const placeholders = readPlaceholders(input, { ProjectionExpression });
  const paths = ProjectionExpression === undefined ? undefined : parseProjection(ProjectionExpression, placeholders);
  placeholders.refuseUnused();
  return paths;
};

/** Keys of the table and its indexes are scalars: no path leads into them. */
export const refusePathsIntoKeys = (table: Table, paths: readonly Path[]): void => {
  const nested = new Set(paths.filter((path) => path.length > 1).map((path) => path[0]));
  const refuse = (label: string, name: string) => {
    if (!nested.has(name)) return;
    throw validationError(
      `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${label}: ${name}`,
    );
  };
  for (const { name } of keyAttributes(table.schema)) refuse('Key', name);
  for (const index of indexDefinitions(table)) for (const { name } of keyAttributes(index.schema)) refuse('IndexKey', name);
};

/** An item to test a condition on where there is none. */
export const NO_ITEM: Item = {};
