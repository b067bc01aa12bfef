import type { Keys } from './pattern.ts';
import type { Need, Principal, Statement } from './policy.ts';

/** A policy and where it stands: `DeployRole/calls`, `queue arn:aws:sqs:…`. */
export interface NamedPolicy {
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** A statement that had a say. */
export interface Grant {
  readonly policy: string;
  readonly index: number;
}

export interface Refusal {
  /** Whether a statement denies, or merely none allows. */
  readonly explicit: boolean;
  /** Where it stands, or would have had to. */
  readonly by: 'identity' | 'resource';
  /** Whether the resource is another account's. */
  readonly crossing: boolean;
}

export interface Decision {
  readonly allowed: boolean;
  readonly refusal?: Refusal;
  /** Of a permission: every statement that gives it. */
  readonly grants: readonly Grant[];
}

export interface Question {
  readonly principal: Principal;
  readonly need: Need;
  /** The account that the resource belongs to. */
  readonly owner: string;
  readonly keys: Keys;
  readonly identity: readonly NamedPolicy[];
  readonly resource: NamedPolicy | undefined;
}

const found = (
  { need, keys, principal }: Question,
  policies: readonly NamedPolicy[],
  wanted: (statement: Statement) => boolean,
): readonly Grant[] =>
  policies.flatMap(({ name, statements }) =>
    statements
      .filter((statement) => wanted(statement) && statement.principal(principal) !== undefined)
      .filter(({ fits }) => fits(need.action, need.resource, keys))
      .map(({ index }) => ({ policy: name, index })),
  );

/**
 * As IAM decides within one account (User Guide, "Policy evaluation logic"): a statement that denies wins; then the identity's own
 * policies or the resource's may allow. A resource's policy that names the account only, and not the identity, allows nothing by
 * itself. A service has no policies of its own: only the resource's count. On a resource of another account both have to allow, and
 * there the resource's policy may name the account only ("Cross-account policy evaluation logic").
 */
export const decide = (question: Question): Decision => {
  const { identity, resource, principal, owner } = question;
  const isCrossing = principal.kind !== 'service' && principal.account !== owner;
  const refused = (explicit: boolean, by: Refusal['by']): Decision => ({
    allowed: false,
    refusal: { explicit, by, crossing: isCrossing },
    grants: [],
  });
  const onResource = resource === undefined ? [] : [resource];
  const denies = (statement: Statement): boolean => statement.effect === 'Deny';
  if (found(question, identity, denies).length > 0) return refused(true, 'identity');
  if (found(question, onResource, denies).length > 0) return refused(true, 'resource');
  const own = found(question, identity, ({ effect }) => effect === 'Allow');
  const given = found(
    question,
    onResource,
    ({ effect, principal: match }) => effect === 'Allow' && (isCrossing || match(principal) === 'itself'),
  );
  if (isCrossing && own.length > 0 && given.length === 0) return refused(false, 'resource');
  if (isCrossing && own.length === 0) return refused(false, 'identity');
  const grants = [...own, ...given];
  if (grants.length > 0) return { allowed: true, grants };
  return refused(false, principal.kind === 'service' ? 'resource' : 'identity');
};
