import type { Member, Shape } from './shapes.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#xD;' };

/** Text for XML 1.0; what XML cannot hold is left out. */
export const escapeXml = (text: string): string =>
  text.replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? '').replace(XML_CANNOT_HOLD, '');

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 excludes (section 2.2)
const XML_CANNOT_HOLD = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

export const element = (name: string, content: string): string =>
  content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;

/** The content of a Query answer's `…Result` element: `value` is what the JSON protocols would carry. */
export const writeQueryOutput = (value: unknown, shape: Shape): string =>
  shape.kind === 'structure' ? writeStructure(value, shape.members) : '';

const writeStructure = (value: unknown, members: ReadonlyMap<string, Member>): string => {
  if (typeof value !== 'object' || value === null) return '';
  const data = value as Readonly<Record<string, unknown>>;
  return [...members].map(([name, member]) => writeMember(member.xmlName ?? name, data[name], member)).join('');
};

const writeMember = (name: string, value: unknown, member: Member): string => {
  if (value === undefined || value === null) return '';
  const shape = member.shape();
  switch (shape.kind) {
    case 'structure':
      return element(name, writeStructure(value, shape.members));
    case 'list':
      return writeList(name, value, shape.member, member.flattened);
    case 'map':
      return writeMap(name, value, shape, member.flattened);
    case 'timestamp':
      return element(name, typeof value === 'number' ? new Date(value * 1000).toISOString() : escapeXml(String(value)));
    case 'string':
    case 'number':
    case 'boolean':
    case 'blob':
    case 'document':
      return element(name, escapeXml(String(value)));
  }
};

const writeList = (name: string, value: unknown, member: Member, flattened: boolean): string => {
  const items = Array.isArray(value) ? value : [];
  const itemName = flattened ? name : (member.xmlName ?? 'member');
  const content = items.map((item) => writeMember(itemName, item, member)).join('');
  return flattened ? content : element(name, content);
};

const writeMap = (name: string, value: unknown, { key, value: inner }: Shape & { kind: 'map' }, flattened: boolean): string => {
  const entries = Object.entries(value as Readonly<Record<string, unknown>>).map(([entryKey, entryValue]) =>
    element(
      flattened ? name : 'entry',
      element(key.xmlName ?? 'key', escapeXml(entryKey)) + writeMember(inner.xmlName ?? 'value', entryValue, inner),
    ),
  );
  return flattened ? entries.join('') : element(name, entries.join(''));
};
