import { type AttributeValue, attributeOf, type Item } from '../attribute-value.ts';
import type { Cursor } from './cursor.ts';
import type { Findings } from './findings.ts';
import type { Placeholders } from './placeholders.ts';
import { isReserved } from './reserved-words.ts';

/** A document path: names of attributes and indexes into lists. The first is a name. */
export type Path = readonly (string | number)[];

/** What every parser needs. */
export interface Parsing {
  readonly cursor: Cursor;
  readonly findings: Findings;
  readonly placeholders: Placeholders;
}

export const printPath = (path: Path): string =>
  `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;

const parseName = ({ cursor, findings, placeholders }: Parsing): string => {
  const token = cursor.peek();
  if (token.kind !== 'word' && token.kind !== 'name') return cursor.fail();
  cursor.take();
  if (token.kind === 'word') {
    if (isReserved(token.text)) {
      findings.note('reserved word', `Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
    }
    return token.text;
  }
  const name = placeholders.name(token.text);
  if (name === undefined) {
    const message = 'An expression attribute name used in the document path is not defined; attribute name: ';
    findings.note('undefined name', message + token.text);
  }
  return name ?? token.text;
};

const parseIndex = (cursor: Cursor): number => {
  if (cursor.peek().kind !== 'number') cursor.fail();
  const index = Number(cursor.take().text);
  cursor.expectSymbol(']');
  return index;
};

export const parsePath = (parsing: Parsing): Path => {
  const path: (string | number)[] = [parseName(parsing)];
  for (;;) {
    if (parsing.cursor.takeSymbol('.')) path.push(parseName(parsing));
    else if (parsing.cursor.takeSymbol('[')) path.push(parseIndex(parsing.cursor));
    else return path;
  }
};

const stepInto = (value: AttributeValue | undefined, step: string | number): AttributeValue | undefined => {
  if (value === undefined) return undefined;
  if (typeof step === 'number') return 'L' in value ? value.L[step] : undefined;
  return 'M' in value ? attributeOf(value.M, step) : undefined;
};

/** What stands at `path` in the item. */
export const valueAt = (item: Item, path: Path): AttributeValue | undefined =>
  path.reduce<AttributeValue | undefined>(stepInto, { M: item });

export const samePath = (left: Path, right: Path): boolean =>
  left.length === right.length && left.every((step, index) => step === right[index]);

/** Notes a path that is, contains or contradicts one of those before it. */
export const noteOverlap = (findings: Findings, earlier: readonly Path[], path: Path): void => {
  for (const other of earlier) {
    const shared = Math.min(other.length, path.length);
    const parting = path.slice(0, shared).findIndex((step, index) => step !== other[index]);
    const rest = `must remove or rewrite one of these paths; path one: ${printPath(other)}, path two: ${printPath(path)}`;
    if (parting === -1) findings.note('overlapping paths', `Two document paths overlap with each other; ${rest}`);
    else if (typeof path[parting] !== typeof other[parting]) {
      findings.note('conflicting paths', `Two document paths conflict with each other; ${rest}`);
    }
  }
};
