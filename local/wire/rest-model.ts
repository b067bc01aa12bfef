import { type Model, type Shape, shapeOfSchema } from './shapes.ts';

/** Where a member of a REST operation is: in the path, the URL, a header, all headers of a prefix, or the whole body. */
export interface Binding {
  readonly member: string;
  readonly shape: () => Shape;
  readonly place: 'label' | 'query' | 'header' | 'prefix' | 'payload' | 'body';
  /** The parameter's or header's name (in lower case), or the prefix; of a payload its element. */
  readonly name: string;
}

/** One operation of a REST-XML API, as the SDK's model has it. */
export interface RestOperation {
  readonly action: string;
  readonly method: string;
  /** What the path names. */
  readonly level: 'service' | 'bucket' | 'key';
  /** Parameters that make the operation: `uploads`, `list-type=2`. */
  readonly literals: readonly (readonly [name: string, value: string])[];
  /** `x-id`, with which the SDKs name it. */
  readonly id: string | undefined;
  readonly status: number;
  readonly input: readonly Binding[];
  /** The members of the URL and of headers without which it is another operation. */
  readonly required: readonly Binding[];
  readonly output: readonly Binding[];
  readonly outputShape: () => Shape;
  /** The answer's element. */
  readonly root: string;
}

type Tuple = readonly unknown[];

const resolved = (schema: unknown): unknown => (typeof schema === 'function' ? resolved(schema()) : schema);

/** Bits of a member's traits (@smithy/core, schema/translateTraits). */
const LABEL = 1;
const PAYLOAD = 16;

const placeOf = (traits: unknown): Pick<Binding, 'place' | 'name'> => {
  if (typeof traits === 'number') {
    if (traits & LABEL) return { place: 'label', name: '' };
    return { place: traits & PAYLOAD ? 'payload' : 'body', name: '' };
  }
  const named = (traits ?? {}) as Readonly<Record<string, unknown>>;
  if ('httpLabel' in named) return { place: 'label', name: '' };
  if ('httpQuery' in named) return { place: 'query', name: String(named['httpQuery']) };
  if ('httpHeader' in named) return { place: 'header', name: String(named['httpHeader']).toLowerCase() };
  if ('httpPrefixHeaders' in named) return { place: 'prefix', name: String(named['httpPrefixHeaders']) };
  return { place: 'httpPayload' in named ? 'payload' : 'body', name: String(named['xmlName'] ?? '') };
};

const bindingOf = (member: string, schema: unknown): Binding => {
  const [inner, traits] = Array.isArray(schema) && schema.length === 2 ? schema : [schema, 0];
  const place = placeOf(traits);
  const element = resolved(inner);
  const name = place.place === 'payload' && place.name === '' && Array.isArray(element) ? String(element[2]) : place.name;
  return { member, shape: () => shapeOfSchema(inner), place: place.place, name };
};

const bindingsOf = (schema: unknown): readonly Binding[] => {
  const structure = resolved(schema);
  if (!Array.isArray(structure)) return [];
  const names = structure[4] as readonly string[];
  const schemas = structure[5] as Tuple;
  return names.map((name, index) => bindingOf(name, schemas[index]));
};

/** The members that a structure needs come first, and their number last. */
const requiredOf = (schema: unknown): readonly Binding[] => {
  const structure = resolved(schema);
  const count = Array.isArray(structure) ? Number(structure[6] ?? 0) : 0;
  return bindingsOf(schema)
    .slice(0, count)
    .filter(({ place }) => place === 'query' || place === 'header');
};

const rootOf = (schema: unknown): string => {
  const structure = resolved(schema);
  if (!Array.isArray(structure)) return '';
  const traits = structure[3] as Readonly<Record<string, unknown>> | number;
  return typeof traits === 'object' && 'xmlName' in traits ? String(traits['xmlName']) : String(structure[2]);
};

const operationOf = (schema: Tuple): RestOperation | undefined => {
  const [, , action, traits, input, output] = schema;
  const { http, endpoint } = traits as { readonly http?: readonly [string, string, number]; readonly endpoint?: unknown };
  if (http === undefined || endpoint !== undefined) return undefined;
  const [method, uri, status] = http;
  const [path = '', query = ''] = uri.split('?');
  const parameters = [...new URLSearchParams(query)];
  const bindings = bindingsOf(input);
  const hasBucket = bindings.some(({ member, place }) => member === 'Bucket' && place === 'label');
  return {
    action: String(action),
    method,
    level: path.includes('{Key+}') ? 'key' : hasBucket ? 'bucket' : 'service',
    literals: parameters.filter(([name]) => name !== 'x-id'),
    id: parameters.find(([name]) => name === 'x-id')?.[1],
    status,
    input: bindings,
    required: requiredOf(input),
    output: bindingsOf(output),
    outputShape: () => shapeOfSchema(output),
    root: rootOf(output),
  };
};

/** Every operation of the model, those that the local cloud has not too: they are refused by their names. */
export const restOperations = (model: Model): readonly RestOperation[] =>
  Object.values(model).flatMap((schema) => {
    if (!Array.isArray(schema) || schema[0] !== 9) return [];
    const operation = operationOf(schema);
    return operation === undefined ? [] : [operation];
  });
