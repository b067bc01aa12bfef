import type { Path } from './paths.ts';

/** Paths that do not overlap, merged by their beginnings: every leaf carries what is to be done there. */
export type PathTree<Leaf> =
  | { readonly kind: 'leaf'; readonly leaf: Leaf }
  | { readonly kind: 'names'; readonly children: Map<string, PathTree<Leaf>> }
  | { readonly kind: 'indexes'; readonly children: Map<number, PathTree<Leaf>> };

const branch = <Leaf>(path: Path, leaf: Leaf): PathTree<Leaf> => {
  const [step, ...rest] = path;
  if (step === undefined) return { kind: 'leaf', leaf };
  if (typeof step === 'number') return { kind: 'indexes', children: new Map([[step, branch(rest, leaf)]]) };
  return { kind: 'names', children: new Map([[step, branch(rest, leaf)]]) };
};

const graft = <Leaf>(tree: PathTree<Leaf>, path: Path, leaf: Leaf): void => {
  const [step, ...rest] = path;
  if (step === undefined || tree.kind === 'leaf') return;
  const children = tree.children as Map<string | number, PathTree<Leaf>>;
  const child = children.get(step);
  if (child === undefined) children.set(step, branch(rest, leaf));
  else graft(child, rest, leaf);
};

export const pathTree = <Leaf>(entries: readonly (readonly [Path, Leaf])[]): PathTree<Leaf> => {
  const root: PathTree<Leaf> = { kind: 'names', children: new Map() };
  for (const [path, leaf] of entries) graft(root, path, leaf);
  return root;
};
