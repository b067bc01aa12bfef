import type { Action } from '../../service.ts';
import { readItem } from '../attribute-value.ts';
import type { EntryKey } from '../entry-key.ts';
import { validationError } from '../errors.ts';
import { optionalCondition, refusePathsIntoKeys } from '../expression-parameters.ts';
import { pathsOf } from '../expressions/condition.ts';
import { readPlaceholders } from '../expressions/placeholders.ts';
import { parseProjection } from '../expressions/projection.ts';
import { indexName, placeholderMembers, refuseMixed, returnConsumedCapacity, tableName } from '../request-members.ts';
import { answerSearch, checkSelect, type Source, sourceOf } from '../search.ts';
import { anything, boolean, integer, oneOf, optional, readInput, refused, string, structure } from '../shape.ts';
import { startPosition } from '../start-key.ts';
import { type DynamoDbStore, tableOf } from '../store.ts';
import { isInSegment, type Segment, walkSegment } from '../walk.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html */
const MAX_SEGMENTS = 1_000_000;

const request = structure({
  TableName: tableName,
  IndexName: optional(indexName),
  Select: optional(oneOf('SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES')),
  Limit: optional(integer({ min: 1 })),
  ConsistentRead: optional(boolean),
  ExclusiveStartKey: optional(anything),
  FilterExpression: optional(string()),
  ProjectionExpression: optional(string()),
  ...placeholderMembers,
  Segment: optional(integer({ min: 0, max: MAX_SEGMENTS - 1 })),
  TotalSegments: optional(integer({ min: 1, max: MAX_SEGMENTS })),
  ReturnConsumedCapacity: returnConsumedCapacity,
  AttributesToGet: refused,
  ScanFilter: refused,
  ConditionalOperator: refused,
});

type Request = ReturnType<typeof request>;

const readSegment = ({ Segment: segment, TotalSegments: total }: Request): Segment => {
  if (segment !== undefined && total === undefined) {
    throw validationError(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  }
  if (segment === undefined && total !== undefined) {
    throw validationError(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  }
  if (segment === undefined || total === undefined) return { segment: 0, total: 1 };
  if (segment < total) return { segment, total };
  throw validationError(
    'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
      `Segment: ${segment} is not less than TotalSegments: ${total}`,
  );
};

const readExpressions = (input: Request) => {
  const { FilterExpression, ProjectionExpression } = input;
  const placeholders = readPlaceholders(input, { ProjectionExpression, FilterExpression });
  const filter = optionalCondition(FilterExpression, 'FilterExpression', placeholders);
  const projection = ProjectionExpression === undefined ? undefined : parseProjection(ProjectionExpression, placeholders);
  placeholders.refuseUnused();
  return { filter, projection };
};

const readStart = (wire: unknown, source: Source, segment: Segment): EntryKey | undefined => {
  if (wire === undefined) return undefined;
  const start = startPosition(readItem(wire), source, source.index === undefined);
  if (isInSegment(start, segment)) return start;
  throw validationError(
    'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ' +
      `TotalSegments: ${segment.total} Segment: ${segment.segment}`,
  );
};

/** Reads a table or an index whole, or one segment of it, in the order of the partitions' hashes. */
export const scan: Action<DynamoDbStore> = (store, input) => {
  refuseMixed(input, ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'], ['ProjectionExpression', 'FilterExpression']);
  const read = readInput(request, input);
  const segment = readSegment(read);
  const { filter, projection } = readExpressions(read);
  checkSelect(read.Select, projection !== undefined, read.IndexName, '');
  const isConsistent = read.ConsistentRead === true;
  const source = sourceOf(tableOf(store, read.TableName), read.IndexName, isConsistent);
  refusePathsIntoKeys(source.table, [...(projection ?? []), ...(filter === undefined ? [] : pathsOf(filter))]);
  const start = readStart(read.ExclusiveStartKey, source, segment);
  return answerSearch({
    source,
    entries: walkSegment(source.entries, segment, start),
    limit: read.Limit,
    filter,
    projection,
    select: read.Select,
    isConsistent,
    capacity: read.ReturnConsumedCapacity,
  });
};
