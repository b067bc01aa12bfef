import type { Statement } from '../../shared/targets/target.ts';

/** In the terms of CloudFormation: resources that name the account or the region are substituted there. */
export type Resource = string | { readonly 'Fn::GetAtt': readonly [string, string] } | { readonly 'Fn::Sub': string };

/** A statement of a role's policy. */
export interface RoleStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly Resource[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}

export const allow = (
  Action: readonly string[],
  Resource: readonly Resource[],
  Condition?: RoleStatement['Condition'],
): RoleStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

const sub = (text: string): Resource => (text.includes('${') ? { 'Fn::Sub': text } : text);

interface Grant {
  readonly actions: Set<string>;
  readonly resources: Set<string>;
  readonly conditions: Statement['conditions'];
}

/** Brings together the grants of which `keyOf` says the same. */
const together = (grants: readonly Grant[], keyOf: (grant: Grant) => unknown): readonly Grant[] => {
  const found = new Map<string, Grant>();
  for (const grant of grants) {
    const key = JSON.stringify([keyOf(grant), grant.conditions]);
    const known = found.get(key) ?? { actions: new Set(), resources: new Set(), conditions: grant.conditions };
    for (const action of grant.actions) known.actions.add(action);
    for (const resource of grant.resources) known.resources.add(resource);
    found.set(key, known);
  }
  return [...found.values()];
};

/**
 * The same permissions, no more and no fewer, in few words: each resource once (for each condition), together with those on
 * which the same actions are allowed. A role's policy has room for about twice as many services then.
 */
export const merged = (statements: readonly Statement[]): readonly RoleStatement[] => {
  const grants = statements.flatMap(({ actions, resources, conditions }) =>
    resources.map((resource) => ({ actions: new Set(actions), resources: new Set([resource]), conditions })),
  );
  const ofResources = together(grants, ({ resources }) => [...resources]);
  return together(ofResources, ({ actions }) => [...actions].sort()).map(({ actions, resources, conditions }) =>
    allow([...actions].sort(), [...resources].map(sub), conditions),
  );
};

/** The ARNs of the stack's own resources have about this length at most. */
const ARN_CHARACTERS = 100;

/** How long the policy is at most, once CloudFormation has filled in what it refers to. White space does not count. */
const lengthOf = (statements: readonly RoleStatement[]): number =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements }, (_, value) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('Fn::Sub' in value) return value['Fn::Sub'];
    return 'Fn::GetAtt' in value ? 'x'.repeat(ARN_CHARACTERS) : value;
  }).length;

/** How many of a statement's resources a document has room for beside what is in it. */
const roomFor = (document: readonly RoleStatement[], statement: RoleStatement, most: number): number => {
  let [least, beyond] = [0, statement.Resource.length + 1];
  while (beyond - least > 1) {
    const middle = Math.floor((least + beyond) / 2);
    const part = { ...statement, Resource: statement.Resource.slice(0, middle) };
    if (lengthOf([...document, part]) <= most) least = middle;
    else beyond = middle;
  }
  return least;
};

/**
 * The same statements, in order, in as many documents as they need: the first has up to `first` characters, the others up to `others`. A
 * statement that does not fit is continued in the next, with the rest of its resources.
 */
export const divided = (
  statements: readonly RoleStatement[],
  first: number,
  others: number,
): readonly (readonly RoleStatement[])[] => {
  const documents: RoleStatement[][] = [[]];
  let left = [...statements];
  for (let next = left[0]; next !== undefined; next = left[0]) {
    const document = documents.at(-1) ?? [];
    const room = roomFor(document, next, documents.length === 1 ? first : others);
    if (room === 0 && document.length === 0) throw new Error('a policy has no room for a single resource');
    if (room === 0) documents.push([]);
    else {
      document.push({ ...next, Resource: next.Resource.slice(0, room) });
      const rest = room === next.Resource.length ? [] : [{ ...next, Resource: next.Resource.slice(room) }];
      left = [...rest, ...left.slice(1)];
    }
  }
  return documents;
};
