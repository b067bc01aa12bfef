import { type AttributeValue, attributeOf, type Item } from '../attribute-value.ts';
import { cursorOf } from './cursor.ts';
import { findingsIn } from './findings.ts';
import { type PathTree, pathTree } from './path-tree.ts';
import { noteOverlap, type Path, parsePath } from './paths.ts';
import type { Placeholders } from './placeholders.ts';

export const parseProjection = (source: string, placeholders: Placeholders): readonly Path[] => {
  const parameter = 'ProjectionExpression';
  const cursor = cursorOf(source, parameter);
  const findings = findingsIn(parameter, ['reserved word', 'undefined name', 'overlapping paths', 'conflicting paths']);
  const paths: Path[] = [];
  do {
    const path = parsePath({ cursor, findings, placeholders });
    noteOverlap(findings, paths, path);
    paths.push(path);
  } while (cursor.takeSymbol(','));
  cursor.expectEnd();
  findings.report();
  return paths;
};

const projectValue = (tree: PathTree<true>, value: AttributeValue): AttributeValue | undefined => {
  if (tree.kind === 'leaf') return value;
  if (tree.kind === 'names') {
    if (!('M' in value)) return undefined;
    const members = projectMembers(tree.children, value.M);
    return Object.keys(members).length === 0 ? undefined : { M: members };
  }
  if (!('L' in value)) return undefined;
  const inOrder = [...tree.children].sort(([left], [right]) => left - right);
  const chosen = inOrder.flatMap(([index, child]) => {
    const member = value.L[index];
    const projected = member === undefined ? undefined : projectValue(child, member);
    return projected === undefined ? [] : [projected];
  });
  return chosen.length === 0 ? undefined : { L: chosen };
};

const projectMembers = (children: ReadonlyMap<string, PathTree<true>>, item: Item): Item =>
  Object.fromEntries(
    [...children].flatMap(([name, child]) => {
      const value = attributeOf(item, name);
      const projected = value === undefined ? undefined : projectValue(child, value);
      return projected === undefined ? [] : [[name, projected]];
    }),
  );

/** The item cut down to `paths`; of a list, the chosen elements close up, in the list's order. */
export const project = (item: Item, paths: readonly Path[]): Item => {
  const tree = pathTree(paths.map((path) => [path, true as const]));
  return tree.kind === 'names' ? projectMembers(tree.children, item) : item;
};
