import type { Item } from './attribute-value.ts';
import { attributeOf } from './attribute-value.ts';

export type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range: KeyAttribute | undefined;
}

export interface Projection {
  readonly type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
  /** What INCLUDE carries beside the keys. */
  readonly attributes: readonly string[];
}

export interface Throughput {
  readonly read: number;
  readonly write: number;
}

export interface IndexDefinition {
  readonly name: string;
  readonly kind: 'local' | 'global';
  readonly schema: KeySchema;
  readonly projection: Projection;
  /** Of a global index of a provisioned table. */
  readonly throughput: Throughput;
}

export const keyAttributes = ({ hash, range }: KeySchema): readonly KeyAttribute[] =>
  range === undefined ? [hash] : [hash, range];

const pick = (item: Item, names: readonly string[]): Item =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = attributeOf(item, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );

export const pickKey = (item: Item, ...schemas: readonly KeySchema[]): Item =>
  pick(item, [...new Set(schemas.flatMap(keyAttributes).map(({ name }) => name))]);

/** Names an index carries beside those it is keyed by; `undefined`: all. */
export const projectedNames = (index: IndexDefinition, table: KeySchema): ReadonlySet<string> | undefined => {
  if (index.projection.type === 'ALL') return undefined;
  const keys = [...keyAttributes(table), ...keyAttributes(index.schema)].map(({ name }) => name);
  return new Set([...keys, ...index.projection.attributes]);
};

export const projectToIndex = (item: Item, index: IndexDefinition, table: KeySchema): Item => {
  const names = projectedNames(index, table);
  return names === undefined ? item : pick(item, [...names]);
};
