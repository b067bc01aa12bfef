import { element, escapeXml, writeQueryOutput } from './query-output.ts';
import type { Binding, RestOperation } from './rest-model.ts';
import type { Shape } from './shapes.ts';

type Data = Readonly<Record<string, unknown>>;

/** A REST-XML answer: its headers, and its body as XML or as bytes. */
export interface RestAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** Times are in seconds since the epoch; headers have those of HTTP (RFC 9110, 5.6.7). */
const headerText = (value: unknown, { kind }: Shape): string =>
  kind === 'timestamp' && typeof value === 'number' ? new Date(value * 1000).toUTCString() : String(value);

const headersOf = (answer: Data, output: readonly Binding[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    output.flatMap(({ member, place, name, shape }): readonly (readonly [string, string])[] => {
      const value = answer[member];
      if (!isGiven(value)) return [];
      if (place === 'header') return [[name, headerText(value, shape())]];
      if (place === 'prefix') return Object.entries(value as Data).map(([key, text]) => [`${name}${key}`, String(text)]);
      return [];
    }),
  );

/** An answer of the operation, written with the API's namespace. */
export const writeRestOutput = ({ output, outputShape, root }: RestOperation, answer: Data, namespace: string): RestAnswer => {
  const headers = headersOf(answer, output);
  const payload = output.find(({ place }) => place === 'payload');
  if (payload !== undefined) return { headers, body: payloadText(payload, answer[payload.member], namespace) };
  const inBody = output.filter(({ place }) => place === 'body').map(({ member }) => member);
  if (inBody.length === 0) return { headers, body: '' };
  // A member that is the answer's element itself is not wrapped (GetBucketLocation).
  const content = inBody.includes(root)
    ? escapeXml(String(answer[root] ?? ''))
    : writeQueryOutput(Object.fromEntries(inBody.map((member) => [member, answer[member]])), outputShape());
  return { headers, body: documentOf(root, content, namespace) };
};

const payloadText = ({ name, shape }: Binding, value: unknown, namespace: string): string | Uint8Array => {
  if (value === undefined || typeof value === 'string' || value instanceof Uint8Array) return value ?? '';
  return documentOf(name, writeQueryOutput(value, shape()), namespace);
};

const documentOf = (root: string, content: string, namespace: string): string =>
  `${XML_DECLARATION}${element(root, content).replace(`<${root}`, `<${root} xmlns="${namespace}"`)}`;
