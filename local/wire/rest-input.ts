import { AwsError } from '../errors.ts';
import type { Binding, RestOperation } from './rest-model.ts';
import type { Member, Shape } from './shapes.ts';
import { type Element, malformedXml, readXml } from './xml.ts';

type Input = Readonly<Record<string, unknown>>;

/** What a REST request carries, as far as the members of an operation are in it. */
export interface RestRequest {
  /** By the member's name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The members of an operation's input. Throws `MalformedXML` and `InvalidArgument`. */
export const readRestInput = ({ input }: RestOperation, request: RestRequest): Input =>
  Object.fromEntries(
    input.flatMap((binding) => {
      const value = memberOf(binding, request);
      return value === undefined ? [] : [[binding.member, value]];
    }),
  );

const memberOf = (binding: Binding, { labels, query, headers, body }: RestRequest): unknown => {
  const { member, name, place, shape } = binding;
  switch (place) {
    case 'label':
      return labels[member];
    case 'query':
      return query.has(name) ? typed(query.get(name) ?? '', shape(), name) : undefined;
    case 'header':
      return headers[name] === undefined ? undefined : typed(headers[name], shape(), name);
    case 'prefix':
      return withPrefix(headers, name);
    case 'payload':
      return payloadOf(binding, body);
    case 'body':
      return undefined;
  }
};

const withPrefix = (headers: RestRequest['headers'], prefix: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );

const payloadOf = ({ shape, name }: Binding, body: Buffer): unknown => {
  const of = shape();
  if (of.kind === 'blob') return body;
  if (of.kind === 'string') return body.toString('utf8');
  if (body.byteLength === 0) return undefined;
  const root = readXml(body.toString('utf8'));
  if (name !== '' && root.name !== name) throw malformedXml();
  return readElement(root, of);
};

const typed = (text: string, shape: Shape, name: string): unknown => {
  switch (shape.kind) {
    case 'number':
      if (!/^-?\d+$/.test(text)) throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
      return Number(text);
    case 'boolean':
      return text.toLowerCase() === 'true';
    case 'timestamp':
      return text;
    case 'list':
      return text.split(',').map((item) => item.trim());
    case 'string':
    case 'blob':
    case 'document':
    case 'map':
    case 'structure':
      return text;
  }
};

/** API reference, "Error responses": the argument and its value stand beside the message. */
export const invalidArgument = (name: string, value: string, message: string): AwsError =>
  new AwsError('InvalidArgument', message, { details: { ArgumentName: name, ArgumentValue: value } });

const readElement = (element: Element, shape: Shape): unknown => {
  switch (shape.kind) {
    case 'structure':
      return readStructure(element, shape.members);
    case 'list':
      return element.children.map((child) => readElement(child, shape.member.shape()));
    case 'number':
      if (!/^-?\d+$/.test(element.text.trim())) throw malformedXml();
      return Number(element.text);
    case 'boolean':
      return booleanIn(element.text.trim());
    case 'string':
    case 'timestamp':
    case 'blob':
    case 'document':
    case 'map':
      return element.text;
  }
};

const booleanIn = (text: string): boolean => {
  if (text !== 'true' && text !== 'false') throw malformedXml();
  return text === 'true';
};

/** An element that the structure does not have is none of the published schema. */
const readStructure = ({ children }: Element, members: ReadonlyMap<string, Member>): Input => {
  const known = new Map([...members].map(([name, member]) => [member.xmlName ?? name, [name, member] as const]));
  const input: Record<string, unknown> = {};
  for (const child of children) {
    const [name, member] = known.get(child.name) ?? [];
    if (name === undefined || member === undefined) throw malformedXml();
    const shape = member.shape();
    if (shape.kind === 'list' && member.flattened) {
      const before = (input[name] ?? []) as readonly unknown[];
      input[name] = [...before, readElement(child, shape.member.shape())];
    } else input[name] = readElement(child, shape);
  }
  return input;
};
