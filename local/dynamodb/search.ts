import type { Item } from './attribute-value.ts';
import { type CapacityDetail, consumedCapacity, readUnits, withMember } from './capacity.ts';
import type { EntryKey } from './entry-key.ts';
import { invalidParameter, validationError } from './errors.ts';
import type { Condition } from './expressions/condition.ts';
import { meets } from './expressions/condition-evaluator.ts';
import type { Path } from './expressions/paths.ts';
import { project } from './expressions/projection.ts';
import { readPage } from './pages.ts';
import { type IndexDefinition, type KeySchema, keyAttributes, pickKey, projectedNames } from './schema.ts';
import type { SortedMap } from './sorted-map.ts';
import type { Indexed, Stored, Table } from './table.ts';

/** What a Query or Scan reads: a table or one of its indexes. */
export interface Source {
  readonly table: Table;
  readonly index: IndexDefinition | undefined;
  readonly schema: KeySchema;
  readonly entries: SortedMap<EntryKey, Stored | Indexed>;
}

export const sourceOf = (table: Table, indexName: string | undefined, isConsistent: boolean): Source => {
  if (indexName === undefined) return { table, index: undefined, schema: table.schema, entries: table.items };
  const index = table.indexes.get(indexName);
  if (index === undefined) throw validationError(`The table does not have the specified index: ${indexName}`);
  if (index.definition.kind === 'global' && isConsistent) {
    throw validationError('Consistent reads are not supported on global secondary indexes');
  }
  return { table, index: index.definition, schema: index.definition.schema, entries: index.entries };
};

/** Names of the attributes that a LastEvaluatedKey or ExclusiveStartKey of the source holds. */
export const startKeyNames = ({ table, schema }: Source): ReadonlySet<string> =>
  new Set([...keyAttributes(table.schema), ...keyAttributes(schema)].map(({ name }) => name));

export type Select = 'ALL_ATTRIBUTES' | 'ALL_PROJECTED_ATTRIBUTES' | 'SPECIFIC_ATTRIBUTES' | 'COUNT' | undefined;

/** Query words these refusals with `prefix`, Scan without. */
export const checkSelect = (select: Select, hasProjection: boolean, indexName: string | undefined, prefix: string): void => {
  if (select === 'SPECIFIC_ATTRIBUTES' && !hasProjection) {
    throw validationError(
      `${prefix}Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES`,
    );
  }
  if (select !== undefined && select !== 'SPECIFIC_ATTRIBUTES' && hasProjection) {
    const chosen = select === 'COUNT' ? 'only the Count' : select;
    throw validationError(`${prefix}Cannot specify the ProjectionExpression when choosing to get ${chosen}`);
  }
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && indexName === undefined) {
    throw validationError(`${prefix}ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName`);
  }
};

/** Whether the whole items have to be fetched from the table behind the index; a global index cannot. */
const fetchesWhole = ({ index, table }: Source, select: Select, projection: readonly Path[] | undefined): boolean => {
  const names = index === undefined ? undefined : projectedNames(index, table.schema);
  if (index === undefined || names === undefined) return false;
  if (select === 'ALL_ATTRIBUTES' && index.kind === 'global') {
    throw invalidParameter(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    );
  }
  const beyond = (projection ?? []).map((path) => String(path[0])).filter((name) => !names.has(name));
  if (beyond.length > 0 && index.kind === 'global') {
    throw invalidParameter(`Global secondary index ${index.name} does not project [${beyond.join(', ')}]`);
  }
  return select === 'ALL_ATTRIBUTES' || beyond.length > 0;
};

interface Search {
  readonly source: Source;
  readonly entries: Iterable<Stored | Indexed>;
  readonly limit: number | undefined;
  readonly filter: Condition | undefined;
  readonly projection: readonly Path[] | undefined;
  readonly select: Select;
  readonly isConsistent: boolean;
  readonly capacity: CapacityDetail;
}

const usageOf = ({ source, isConsistent }: Search, indexBytes: number, tableBytes: number | undefined) => {
  const mode = isConsistent ? 'consistent' : 'eventual';
  if (source.index === undefined) return { table: readUnits(indexBytes, mode), indexes: {} };
  const fetched = tableBytes === undefined || tableBytes === 0 ? 0 : readUnits(tableBytes, mode);
  return { table: fetched, indexes: { [source.index.name]: readUnits(indexBytes, mode) } };
};

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

/** Reads one page and makes the answer of Query or Scan from it. */
export const answerSearch = (search: Search): Readonly<Record<string, unknown>> => {
  const { source, filter, projection } = search;
  const isWhole = fetchesWhole(source, search.select, projection);
  const storedOf = (entry: Stored | Indexed): Stored => (isWhole && 'whole' in entry ? entry.whole : entry);
  const passes = (item: Item): boolean => filter === undefined || meets(item, filter);
  const page = readPage(search.entries, search.limit, (entry) => storedOf(entry).item, passes);
  const items = page.matches.map((entry) => storedOf(entry).item);
  const tableBytes = isWhole ? sum(page.matches.map((entry) => storedOf(entry).size)) : undefined;
  return {
    ...(search.select === 'COUNT'
      ? {}
      : { Items: projection === undefined ? items : items.map((item) => project(item, projection)) }),
    Count: items.length,
    ScannedCount: page.scannedCount,
    ...withMember('LastEvaluatedKey', page.last && pickKey(wholeOf(page.last), source.table.schema, source.schema)),
    ...withMember('ConsumedCapacity', consumedCapacity(source.table, usageOf(search, page.bytes, tableBytes), search.capacity)),
  };
};

const wholeOf = (entry: Stored | Indexed): Item => ('whole' in entry ? entry.whole.item : entry.item);
