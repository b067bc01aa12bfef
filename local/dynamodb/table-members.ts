import { attributeName, indexName } from './request-members.ts';
import { integer, list, oneOf, optional, refused, string, structure } from './shape.ts';

/** Members that CreateTable and UpdateTable share. */
export const throughput = structure({ ReadCapacityUnits: integer({ min: 1 }), WriteCapacityUnits: integer({ min: 1 }) });

export const warmThroughput = structure({
  ReadUnitsPerSecond: optional(integer({ min: 1 })),
  WriteUnitsPerSecond: optional(integer({ min: 1 })),
});

export const attributeDefinitions = list(structure({ AttributeName: attributeName, AttributeType: oneOf('B', 'N', 'S') }));

export const keySchema = list(structure({ AttributeName: attributeName, KeyType: oneOf('HASH', 'RANGE') }), {
  min: 1,
  max: 2,
  element: 'KeySchemaElement',
});

const projection = structure({
  ProjectionType: optional(oneOf('ALL', 'INCLUDE', 'KEYS_ONLY')),
  NonKeyAttributes: optional(list(attributeName, { min: 1, max: 20 })),
});

export const localIndex = structure({ IndexName: indexName, KeySchema: keySchema, Projection: projection });

export const globalIndex = structure({
  IndexName: indexName,
  KeySchema: keySchema,
  Projection: projection,
  ProvisionedThroughput: optional(throughput),
  OnDemandThroughput: refused,
  WarmThroughput: refused,
});

export const tag = structure({ Key: string({ min: 1, max: 128 }), Value: string({ max: 256 }) });

export const billingMode = oneOf('PROVISIONED', 'PAY_PER_REQUEST');
export const tableClass = oneOf('STANDARD', 'STANDARD_INFREQUENT_ACCESS');

export type KeySchemaInput = ReturnType<typeof keySchema>;
export type LocalIndexInput = ReturnType<typeof localIndex>;
export type GlobalIndexInput = ReturnType<typeof globalIndex>;
export type IndexInput = LocalIndexInput | GlobalIndexInput;
export type ThroughputInput = ReturnType<typeof throughput>;
export type AttributeDefinitionsInput = ReturnType<typeof attributeDefinitions>;
