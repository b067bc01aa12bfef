import type { Action } from '../../service.ts';
import { type AttributeValue, readItem, typeOf } from '../attribute-value.ts';
import type { EntryKey } from '../entry-key.ts';
import { invalidParameter, validationError } from '../errors.ts';
import { optionalCondition, refusePathsIntoKeys } from '../expression-parameters.ts';
import { type Condition, pathsOf } from '../expressions/condition.ts';
import { parseCondition } from '../expressions/condition-parser.ts';
import { type KeyTest, keyTestsOf, type SortRange, sortRange } from '../expressions/key-condition.ts';
import { readPlaceholders } from '../expressions/placeholders.ts';
import { parseProjection } from '../expressions/projection.ts';
import { refuseEmptyKeys } from '../keys.ts';
import { indexName, placeholderMembers, refuseMixed, returnConsumedCapacity, tableName } from '../request-members.ts';
import { type KeyAttribute, type KeySchema, keyAttributes } from '../schema.ts';
import { answerSearch, checkSelect, type Source, sourceOf } from '../search.ts';
import { anything, boolean, integer, oneOf, optional, readInput, refused, string, structure } from '../shape.ts';
import { startPosition } from '../start-key.ts';
import { type DynamoDbStore, tableOf } from '../store.ts';
import { sortBytes } from '../values.ts';
import { partitionOf, walkPartition, walkPartitionBack } from '../walk.ts';

const LEGACY = ['AttributesToGet', 'QueryFilter', 'ConditionalOperator', 'KeyConditions'];
const EXPRESSIONS = ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'];

const request = structure({
  TableName: tableName,
  IndexName: optional(indexName),
  Select: optional(oneOf('SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES')),
  Limit: optional(integer()),
  ConsistentRead: optional(boolean),
  ScanIndexForward: optional(boolean),
  ExclusiveStartKey: optional(anything),
  KeyConditionExpression: optional(string()),
  FilterExpression: optional(string()),
  ProjectionExpression: optional(string()),
  ...placeholderMembers,
  ReturnConsumedCapacity: returnConsumedCapacity,
  AttributesToGet: refused,
  QueryFilter: refused,
  KeyConditions: refused,
  ConditionalOperator: refused,
});

type Request = ReturnType<typeof request>;

/** AWS words this one broken constraint of Query in another way than all others. */
const checkLimit = (limit: number | undefined): void => {
  if (limit === undefined || limit >= 1) return;
  throw validationError(
    "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  );
};

const readExpressions = (input: Request) => {
  const { KeyConditionExpression, FilterExpression, ProjectionExpression } = input;
  const placeholders = readPlaceholders(input, { ProjectionExpression, FilterExpression, KeyConditionExpression });
  if (KeyConditionExpression === undefined) {
    throw validationError('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  }
  const tests = keyTestsOf(parseCondition(KeyConditionExpression, 'KeyConditionExpression', placeholders));
  const filter = optionalCondition(FilterExpression, 'FilterExpression', placeholders);
  const projection = ProjectionExpression === undefined ? undefined : parseProjection(ProjectionExpression, placeholders);
  placeholders.refuseUnused();
  return { tests, filter, projection };
};

type Tests = ReadonlyMap<string, KeyTest>;

const checkTest = ({ name, type }: KeyAttribute, { values }: KeyTest): void => {
  if (values.some((value) => typeOf(value) !== type)) {
    throw invalidParameter('Condition parameter type does not match schema type');
  }
  for (const value of values) refuseEmptyKeys({ [name]: value }, { hash: { name, type }, range: undefined });
};

/** The partition's key value and the range of sort keys asked for. */
const readKeyCondition = (
  tests: Tests,
  { hash, range }: KeySchema,
): { readonly value: AttributeValue; readonly sort: SortRange } => {
  const ofHash = tests.get(hash.name);
  const ofRange = range === undefined ? undefined : tests.get(range.name);
  if (range === undefined && tests.size > 1) throw validationError('Query key condition not supported');
  if (ofHash === undefined) throw validationError(`Query condition missed key schema element: ${hash.name}`);
  if (range !== undefined && ofRange === undefined && tests.size > 1) {
    throw validationError(`Query condition missed key schema element: ${range.name}`);
  }
  checkTest(hash, ofHash);
  if (range !== undefined && ofRange !== undefined) checkTest(range, ofRange);
  const [value] = ofHash.values;
  if (ofHash.operator !== '=' || value === undefined) throw validationError('Query key condition not supported');
  return { value, sort: ofRange === undefined ? {} : sortRange(ofRange) };
};

const refuseKeysInFilter = (filter: Condition | undefined, schema: KeySchema): void => {
  const names = new Set((filter === undefined ? [] : pathsOf(filter)).map((path) => path[0]));
  const key = keyAttributes(schema).find(({ name }) => names.has(name));
  if (key === undefined) return;
  throw validationError(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${key.name}`);
};

const isOutside = ({ sort }: EntryKey, { low, high }: SortRange): boolean => {
  const below = low !== undefined && Buffer.compare(sort, low.bytes) < (low.inclusive ? 0 : 1);
  const above = high !== undefined && Buffer.compare(sort, high.bytes) > (high.inclusive ? 0 : -1);
  return below || above;
};

const readStart = (wire: unknown, source: Source, partition: Buffer, range: SortRange): EntryKey | undefined => {
  if (wire === undefined) return undefined;
  const start = startPosition(readItem(wire), source, false);
  if (isOutside(start, range)) throw validationError('The provided starting key does not match the range key predicate');
  if (!start.partition.equals(partition)) {
    throw validationError('The provided starting key is outside query boundaries based on provided conditions');
  }
  return start;
};

/** Reads one partition of a table or an index, in the order of its sort key. */
export const query: Action<DynamoDbStore> = (store, input) => {
  refuseMixed(input, LEGACY, EXPRESSIONS);
  const read = readInput(request, input);
  checkLimit(read.Limit);
  const { tests, filter, projection } = readExpressions(read);
  checkSelect(read.Select, projection !== undefined, read.IndexName, '1 validation error detected: ');
  const isConsistent = read.ConsistentRead === true;
  const source = sourceOf(tableOf(store, read.TableName), read.IndexName, isConsistent);
  const { value, sort } = readKeyCondition(tests, source.schema);
  refuseKeysInFilter(filter, source.schema);
  refusePathsIntoKeys(source.table, [...(projection ?? []), ...(filter === undefined ? [] : pathsOf(filter))]);
  const partition = sortBytes(value) ?? Buffer.alloc(0);
  const start = readStart(read.ExclusiveStartKey, source, partition, sort);
  const walk = read.ScanIndexForward === false ? walkPartitionBack : walkPartition;
  return answerSearch({
    source,
    entries: walk(source.entries, partitionOf(partition), sort, start),
    limit: read.Limit,
    filter,
    projection,
    select: read.Select,
    isConsistent,
    capacity: read.ReturnConsumedCapacity,
  });
};
