import { AwsError } from '../errors.ts';
import type { Member, Shape } from './shapes.ts';

/** The parameters of a Query request, as a tree: `Entry.1.Id=a` is `{ Entry: { 1: { Id: 'a' } } }`. */
interface Node {
  value: string | undefined;
  readonly children: Map<string, Node>;
}

type Input = Readonly<Record<string, unknown>>;

const emptyNode = (): Node => ({ value: undefined, children: new Map() });

const treeOf = (parameters: Iterable<readonly [string, string]>): Node => {
  const root = emptyNode();
  for (const [name, value] of parameters) {
    let node = root;
    for (const part of name.split('.')) {
      const child = node.children.get(part) ?? emptyNode();
      node.children.set(part, child);
      node = child;
    }
    node.value = value;
  }
  return root;
};

/**
 * Reads the parameters of a Query request as the input that the JSON protocols carry: numbers and booleans typed, times in seconds.
 * Parameters that the operation does not have are left out, as AWS does.
 * Throws `MalformedInput` for a value that is not of its member's type.
 */
export const readQueryInput = (parameters: Iterable<readonly [string, string]>, shape: Shape): Input =>
  shape.kind === 'structure' ? readStructure(treeOf(parameters), shape.members, '') : {};

const readStructure = (node: Node, members: ReadonlyMap<string, Member>, path: string): Input => {
  const input: Record<string, unknown> = {};
  const taken = new Set<string>();
  for (const [name, member] of members) {
    const wireName = member.xmlName ?? name;
    const child = node.children.get(wireName);
    // ReceiveMessage has two members of one wire name, the old and the new: one of them is enough.
    if (child === undefined || taken.has(wireName)) continue;
    taken.add(wireName);
    input[name] = readMember(child, member, `${path}${wireName}`);
  }
  return input;
};

const readMember = (node: Node, member: Member, path: string): unknown => {
  const shape = member.shape();
  switch (shape.kind) {
    case 'structure':
      return readStructure(node, shape.members, `${path}.`);
    case 'list':
      return itemsOf(node, member.flattened ? undefined : (shape.member.xmlName ?? 'member')).map((item, index) =>
        readMember(item, shape.member, `${path}.${index + 1}`),
      );
    case 'map':
      return readMap(node, shape.key.xmlName ?? 'key', shape.value, member.flattened, path);
    case 'number':
      return readNumber(node, path);
    case 'boolean':
      return readBoolean(node, path);
    case 'timestamp':
      return readTime(node, path);
    case 'string':
    case 'blob':
    case 'document':
      return node.value ?? '';
  }
};

/**
 * `Name.1`, `Name.2` of a flattened list, `Name.member.1` of another, in the order of their numbers. SQS also takes a single
 * item without a number (`AttributeName=All`: API reference, ReceiveMessage, sample request).
 */
const itemsOf = (node: Node, wrapper: string | undefined): readonly Node[] => {
  const holder = wrapper === undefined ? node : (node.children.get(wrapper) ?? emptyNode());
  const numbered = [...holder.children].filter(([name]) => /^\d+$/.test(name));
  if (numbered.length > 0) return numbered.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
  const single = wrapper === undefined && (node.children.size > 0 || (node.value ?? '') !== '');
  return single ? [node] : [];
};

/** `Attribute.1.Name` and `Attribute.1.Value`; SQS also takes one without a number (API reference, SetQueueAttributes, sample). */
const readMap = (node: Node, keyName: string, value: Member, flattened: boolean, path: string): Input => {
  const valueName = value.xmlName ?? 'value';
  const entries = itemsOf(node, flattened ? undefined : 'entry').map((entry, index): [string, unknown] => {
    const key = entry.children.get(keyName)?.value;
    const child = entry.children.get(valueName);
    if (key === undefined) throw malformed(`${path}.${index + 1} has no ${keyName}`);
    if (child === undefined) throw malformed(`${path}.${index + 1} has no ${valueName}`);
    return [key, readMember(child, value, `${path}.${index + 1}.${valueName}`)];
  });
  return Object.fromEntries(entries);
};

const readNumber = ({ value = '' }: Node, path: string): number => {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) throw malformed(`${path}: "${value}" is not a number`);
  return number;
};

const readBoolean = ({ value = '' }: Node, path: string): boolean => {
  const word = value.toLowerCase();
  if (word !== 'true' && word !== 'false') throw malformed(`${path}: "${value}" is not a boolean`);
  return word === 'true';
};

/** Seconds since the epoch, from ISO 8601 or from seconds. */
const readTime = ({ value = '' }: Node, path: string): number => {
  const seconds = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Date.parse(value) / 1000;
  if (!Number.isFinite(seconds)) throw malformed(`${path}: "${value}" is not a time`);
  return seconds;
};

const malformed = (message: string): AwsError => new AwsError('MalformedInput', message);
