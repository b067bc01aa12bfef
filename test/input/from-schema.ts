import fc from 'fast-check';

export interface Schema {
  readonly [keyword: string]: unknown;
}

const record = (value: unknown): Readonly<Record<string, Schema>> => (value ?? {}) as Readonly<Record<string, Schema>>;

/** References within one document, and to the common parts. */
export type Resolve = (reference: string) => Schema;

const text = ({ pattern, enum: choices, const: only, format, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<unknown> => {
  if (only !== undefined) return fc.constant(only);
  if (Array.isArray(choices)) return fc.constantFrom(...choices);
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') }).map((date) => date.toISOString());
  if (typeof pattern === 'string' && !pattern.startsWith('^[^')) return fc.stringMatching(new RegExp(pattern, 'u'));
  return fc.string({ minLength: Number(minLength), maxLength: Math.min(Number(maxLength), 60), unit: 'grapheme-ascii' });
};

const object = (schema: Schema, resolve: Resolve): fc.Arbitrary<unknown> => {
  const properties = Object.entries(record(schema['properties'])).map(
    ([name, member]) => [name, fromSchema(member, resolve)] as const,
  );
  const requiredKeys = (schema['required'] ?? []) as string[];
  return fc.record(Object.fromEntries(properties), { requiredKeys });
};

/** Values that fit the schema; only the keywords that the project's schemas use. */
export const fromSchema = (schema: Schema, resolve: Resolve): fc.Arbitrary<unknown> => {
  if (typeof schema['$ref'] === 'string') return fromSchema(resolve(schema['$ref']), resolve);
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  switch (schema['type']) {
    case 'object':
      return object(schema, resolve);
    case 'array':
      return fc.array(fromSchema((schema['items'] ?? {}) as Schema, resolve), {
        minLength: Number(schema['minItems'] ?? 0),
        maxLength: 3,
      });
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min: Number(schema['minimum'] ?? -1000), max: Number(schema['maximum'] ?? 100_000) });
    case 'number':
      return fc.double({ min: Number(schema['minimum'] ?? -1000), max: 100_000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    default:
      return fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>;
  }
};
