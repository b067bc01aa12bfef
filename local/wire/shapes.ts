/**
 * What an API's members are: read from the schemas that the SDK's clients are generated with, so there is no list kept by hand.
 * A schema is a number (simple types, with a bit for lists and maps of them), a function that gives a schema, or a tuple
 * `[kind, namespace, name, traits, …]`; a member is a schema or `[schema, traits]` (@smithy/types, schema/static-schemas).
 */
export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'blob' | 'document' }
  | { readonly kind: 'list'; readonly member: Member }
  | { readonly kind: 'map'; readonly key: Member; readonly value: Member }
  | { readonly kind: 'structure'; readonly members: ReadonlyMap<string, Member> };

export interface Member {
  readonly shape: () => Shape;
  /** The name in the Query protocol, where it differs. */
  readonly xmlName: string | undefined;
  /** In the Query protocol: a list or map without an element around it. */
  readonly flattened: boolean;
}

/** An operation's input and output; `output` is `undefined` where there is none. */
export interface Operation {
  readonly input: Shape;
  readonly output: Shape | undefined;
}

/** How an error is named in the Query protocol, and its HTTP status there. */
export interface QueryError {
  readonly code: string;
  readonly status: number;
}

/** The exports of an SDK client's package. */
export type Model = Readonly<Record<string, unknown>>;

const LIST = 64;
const MAP = 128;
const SIMPLE: Readonly<Record<number, Shape>> = {
  0: { kind: 'string' },
  1: { kind: 'number' },
  2: { kind: 'boolean' },
  4: { kind: 'timestamp' },
  5: { kind: 'timestamp' },
  6: { kind: 'timestamp' },
  7: { kind: 'timestamp' },
  15: { kind: 'document' },
  17: { kind: 'number' },
  19: { kind: 'number' },
  21: { kind: 'blob' },
  42: { kind: 'blob' },
};

const NOTHING: Shape = { kind: 'structure', members: new Map() };

const known = new WeakMap<object, Shape>();

const plain = (schema: unknown): Member => ({ shape: () => shapeOf(schema), xmlName: undefined, flattened: false });

const memberOf = (schema: unknown): Member => {
  if (!Array.isArray(schema) || schema.length !== 2) return plain(schema);
  const [inner, traits] = schema;
  return { shape: () => shapeOf(inner), xmlName: textTrait(traits, 'xmlName'), flattened: hasTrait(traits, 'xmlFlattened') };
};

const numbered = (schema: number): Shape => {
  if (schema & MAP) return { kind: 'map', key: plain(0), value: plain(schema & ~MAP) };
  if (schema & LIST) return { kind: 'list', member: plain(schema & ~LIST) };
  const shape = SIMPLE[schema];
  if (shape === undefined) throw new Error(`the SDK's schemas have a type that the local cloud does not know: ${schema}`);
  return shape;
};

const tuple = (schema: readonly unknown[]): Shape => {
  const [kind, , , , first, second] = schema;
  switch (kind) {
    case 0:
      return shapeOf(first);
    case 1:
      return { kind: 'list', member: memberOf(first) };
    case 2:
      return { kind: 'map', key: memberOf(first), value: memberOf(second) };
    case 3:
    case 4:
    case -3: {
      const schemas = second as readonly unknown[];
      const names = first as readonly string[];
      return { kind: 'structure', members: new Map(names.map((name, index) => [name, memberOf(schemas[index])])) };
    }
    default:
      throw new Error(`the SDK's schemas have a kind that the local cloud does not know: ${kind}`);
  }
};

const shapeOf = (schema: unknown): Shape => {
  if (typeof schema === 'function') return shapeOf(schema());
  if (typeof schema === 'number') return numbered(schema);
  if (!Array.isArray(schema)) throw new Error('the SDK has a schema of an unknown form');
  if (schema.length === 2) return shapeOf(schema[0]);
  const shape = known.get(schema) ?? tuple(schema);
  known.set(schema, shape);
  return shape;
};

/** Of one schema of the model. */
export const shapeOfSchema = (schema: unknown): Shape => shapeOf(schema);

const hasTrait = (traits: unknown, name: string): boolean => typeof traits === 'object' && traits !== null && name in traits;

const textTrait = (traits: unknown, name: string): string | undefined =>
  hasTrait(traits, name) ? String((traits as Readonly<Record<string, unknown>>)[name]) : undefined;

/** `undefined`: the service has no such operation. */
export const operationOf = (model: Model, action: string): Operation | undefined => {
  const schema = model[`${action}$`];
  if (!Array.isArray(schema) || schema[0] !== 9) return undefined;
  const [, , , , input, output] = schema;
  return { input: isUnit(input) ? NOTHING : shapeOf(input), output: isUnit(output) ? undefined : shapeOf(output) };
};

const isUnit = (output: unknown): boolean => (typeof output === 'function' ? isUnit(output()) : output === 'unit');

/** `undefined`: the model does not name the error, or it is called the same in the Query protocol. */
export const queryErrorOf = (model: Model, code: string): QueryError | undefined => {
  const schema = model[`${code}$`];
  if (!Array.isArray(schema) || schema[0] !== -3) return undefined;
  const traits: unknown = schema[3];
  if (typeof traits !== 'object' || traits === null || !('awsQueryError' in traits)) return undefined;
  const [name, status] = traits.awsQueryError as readonly [string, number];
  return { code: name, status };
};
