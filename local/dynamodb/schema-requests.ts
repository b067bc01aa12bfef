import { invalidParameter, validationError } from './errors.ts';
import {
  type IndexDefinition,
  type KeyAttribute,
  type KeySchema,
  type KeyType,
  keyAttributes,
  type Throughput,
} from './schema.ts';
import type {
  AttributeDefinitionsInput,
  GlobalIndexInput,
  IndexInput,
  KeySchemaInput,
  LocalIndexInput,
  ThroughputInput,
} from './table-members.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_LOCAL_INDEXES = 5;
const MAX_GLOBAL_INDEXES = 20;
const MAX_THROUGHPUT = 1_000_000_000_000;

type AttributeTypes = ReadonlyMap<string, KeyType>;

export const readAttributeTypes = (definitions: AttributeDefinitionsInput): AttributeTypes => {
  const names = definitions.map((definition) => definition.AttributeName);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw invalidParameter(`Cannot have two attributes with the same name`);
  return new Map(definitions.map((definition) => [definition.AttributeName, definition.AttributeType]));
};

const refuseUndefinedKeys = (names: readonly string[], types: AttributeTypes): void => {
  if (names.every((name) => types.has(name))) return;
  throw invalidParameter(
    'Some index key attributes are not defined in AttributeDefinitions. ' +
      `Keys: [${names.join(', ')}], AttributeDefinitions: [${[...types.keys()].join(', ')}]`,
  );
};

export const readKeySchema = (elements: KeySchemaInput, types: AttributeTypes): KeySchema => {
  const names = elements.map((element) => element.AttributeName);
  if (names.length > types.size) throw validationError('Invalid KeySchema: Some index key attribute have no definition');
  refuseUndefinedKeys(names, types);
  const [hash, range] = elements;
  if (hash === undefined) throw validationError('Invalid KeySchema: Some index key attribute have no definition');
  if (hash.AttributeName === range?.AttributeName) {
    throw validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  }
  if (hash.KeyType !== 'HASH') throw validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  if (range !== undefined && range.KeyType !== 'RANGE') {
    throw validationError('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  const attribute = (name: string): KeyAttribute => ({ name, type: types.get(name) ?? 'S' });
  return { hash: attribute(hash.AttributeName), range: range && attribute(range.AttributeName) };
};

export const readThroughput = (input: ThroughputInput): Throughput => {
  const members = [
    ['ReadCapacityUnits', input.ReadCapacityUnits],
    ['WriteCapacityUnits', input.WriteCapacityUnits],
  ] as const;
  for (const [name, units] of members) {
    if (units > MAX_THROUGHPUT) throw validationError(`Given value ${units} for ${name} is out of bounds`);
  }
  return { read: input.ReadCapacityUnits, write: input.WriteCapacityUnits };
};

const readIndexProjection = ({ Projection }: IndexInput): IndexDefinition['projection'] => {
  const { ProjectionType: type, NonKeyAttributes: attributes } = Projection;
  if (type === undefined) throw invalidParameter('Unknown ProjectionType: null');
  if (attributes !== undefined && type !== 'INCLUDE') {
    throw invalidParameter(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  }
  if (attributes === undefined && type === 'INCLUDE') {
    throw invalidParameter('ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
  }
  return { type, attributes: attributes ?? [] };
};

const readLocalIndex = (input: LocalIndexInput, table: KeySchema, types: AttributeTypes): IndexDefinition => {
  const name = input.IndexName;
  const schema = readKeySchema(input.KeySchema, types);
  if (schema.range === undefined) throw invalidParameter(`Index KeySchema does not have a range key for index: ${name}`);
  if (schema.hash.name !== table.hash.name) {
    throw invalidParameter(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. ` +
        `index hash key: ${schema.hash.name}, table hash key: ${table.hash.name}`,
    );
  }
  return { name, kind: 'local', schema, projection: readIndexProjection(input), throughput: { read: 0, write: 0 } };
};

export const readGlobalIndex = (input: GlobalIndexInput, billing: string, types: AttributeTypes): IndexDefinition => {
  const name = input.IndexName;
  const schema = readKeySchema(input.KeySchema, types);
  const projection = readIndexProjection(input);
  const given = input.ProvisionedThroughput;
  if (billing === 'PAY_PER_REQUEST' && given !== undefined) {
    const rule = 'when BillingMode is PAY_PER_REQUEST';
    throw invalidParameter(`ProvisionedThroughput should not be specified for index: ${name} ${rule}`);
  }
  if (billing === 'PROVISIONED' && given === undefined) {
    throw invalidParameter(`ProvisionedThroughput is not specified for index: ${name}`);
  }
  return {
    name,
    kind: 'global',
    schema,
    projection,
    throughput: given === undefined ? { read: 0, write: 0 } : readThroughput(given),
  };
};

const refuseDuplicateIndexes = (indexes: readonly IndexDefinition[]): void => {
  const names = indexes.map((index) => index.name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw invalidParameter(`Duplicate index name: ${repeated}`);
};

const refuseUnusedAttributes = (table: KeySchema, indexes: readonly IndexDefinition[], types: AttributeTypes): void => {
  const used = new Set([table, ...indexes.map((index) => index.schema)].flatMap(keyAttributes).map(({ name }) => name));
  if (used.size === types.size) return;
  if (indexes.length === 0) {
    const rule = 'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions';
    throw invalidParameter(rule);
  }
  const shown = `AttributeDefinitions: [${[...types.keys()].join(', ')}], keys used: [${[...used].join(', ')}]`;
  throw invalidParameter(`Some AttributeDefinitions are not used. ${shown}`);
};

interface IndexInputs {
  readonly LocalSecondaryIndexes?: readonly LocalIndexInput[] | undefined;
  readonly GlobalSecondaryIndexes?: readonly GlobalIndexInput[] | undefined;
}

const checkCounts = ({ LocalSecondaryIndexes: local, GlobalSecondaryIndexes: global }: IndexInputs, table: KeySchema): void => {
  if (local?.length === 0) throw invalidParameter('List of LocalSecondaryIndexes is empty');
  if (global?.length === 0) throw invalidParameter('List of GlobalSecondaryIndexes is empty');
  if (local !== undefined && table.range === undefined) {
    throw invalidParameter('Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex');
  }
  if ((local?.length ?? 0) > MAX_LOCAL_INDEXES) {
    throw invalidParameter('Number of LocalSecondaryIndexes exceeds per-table limit of 5');
  }
  if ((global?.length ?? 0) > MAX_GLOBAL_INDEXES) {
    throw invalidParameter('GlobalSecondaryIndex count exceeds the per-table limit of 20');
  }
};

/** The indexes of a CreateTable, with every attribute definition in use. */
export const readIndexes = (
  input: IndexInputs,
  table: KeySchema,
  billing: string,
  types: AttributeTypes,
): readonly IndexDefinition[] => {
  checkCounts(input, table);
  const local = (input.LocalSecondaryIndexes ?? []).map((index) => readLocalIndex(index, table, types));
  const global = (input.GlobalSecondaryIndexes ?? []).map((index) => readGlobalIndex(index, billing, types));
  const indexes = [...local, ...global];
  refuseDuplicateIndexes(indexes);
  refuseUnusedAttributes(table, indexes, types);
  return indexes;
};
