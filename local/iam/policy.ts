import { type Condition, conditionOf, PolicyError } from './conditions.ts';
import { type Keys, matcher, type TextMatcher } from './pattern.ts';

/** Who asks, as policies name principals. */
export interface Principal {
  readonly kind: 'user' | 'role' | 'service';
  readonly account: string;
  /** A user's or a session's ARN; a service's name (`events.amazonaws.com`). */
  readonly arn: string;
  /** The role behind a session. */
  readonly roleArn?: string;
}

/** What is asked for: one action on one resource. Requests that need several permissions are several of these. */
export interface Need {
  /** `sqs:SendMessage` */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  readonly keys?: Readonly<Record<string, string | readonly string[]>>;
}

/** How a principal is met by a statement; `account`: only as a member of the account that it names. */
export type PrincipalMatch = 'itself' | 'account' | undefined;

export interface Statement {
  /** Its place in its document, from 0, and its Sid. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  readonly fits: (action: string, resource: string, keys: Keys) => boolean;
  readonly principal: (principal: Principal) => PrincipalMatch;
}

const KNOWN = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

const listOf = (value: unknown, place: string): readonly string[] => {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw new PolicyError(`${place} is empty`);
  for (const item of values) if (typeof item !== 'string') throw new PolicyError(`${place} must be a text or a list of texts`);
  return values as readonly string[];
};

const anyOf =
  (matchers: readonly TextMatcher[]): TextMatcher =>
  (value, keys) =>
    matchers.some((fits) => fits(value, keys));

const ACTION = /^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/;

const actionsOf = (document: Readonly<Record<string, unknown>>, place: string): TextMatcher => {
  const negated = document['NotAction'] !== undefined;
  const given = document['Action'] ?? document['NotAction'];
  if (given === undefined) throw new PolicyError(`${place} has no Action`);
  const actions = listOf(given, `${place}.Action`);
  for (const action of actions)
    if (!ACTION.test(action)) throw new PolicyError(`${place} has an action of no service: ${action}`);
  const fits = anyOf(actions.map((action) => matcher(action, { ignoreCase: true })));
  return (value, keys) => fits(value, keys) !== negated;
};

const resourcesOf = (document: Readonly<Record<string, unknown>>, place: string, kind: PolicyKind): TextMatcher => {
  const negated = document['NotResource'] !== undefined;
  const given = document['Resource'] ?? document['NotResource'];
  if (kind === 'trust' && given !== undefined) throw new PolicyError(`${place}: a trust policy has no Resource`);
  if (given === undefined && kind !== 'identity') return () => true;
  if (given === undefined) throw new PolicyError(`${place} has no Resource`);
  const resources = listOf(given, `${place}.Resource`);
  for (const resource of resources)
    if (resource !== '*' && !resource.startsWith('arn:'))
      throw new PolicyError(`${place} has a resource that is no ARN: ${resource}`);
  const fits = anyOf(resources.map((resource) => matcher(resource)));
  return (value, keys) => fits(value, keys) !== negated;
};

const accountIn = (text: string): string | undefined => /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(text)?.[1];

const matchesAws = (text: string, { kind, account, arn, roleArn }: Principal): PrincipalMatch => {
  if (kind === 'service') return undefined;
  if (text === '*' || text === arn || text === roleArn) return 'itself';
  return accountIn(text) === account ? 'account' : undefined;
};

/** In a resource's policy and a trust policy only. */
const principalOf = (document: Readonly<Record<string, unknown>>, place: string, kind: PolicyKind): Statement['principal'] => {
  const given = document['Principal'];
  if (document['NotPrincipal'] !== undefined) throw new PolicyError(`${place}: NotPrincipal is not known to the local cloud`);
  if (kind === 'identity') {
    if (given !== undefined) throw new PolicyError(`${place}: an identity's policy has no Principal`);
    return () => 'itself';
  }
  if (given === '*') return () => 'itself';
  if (typeof given !== 'object' || given === null) throw new PolicyError(`${place} has no Principal`);
  const other = Object.keys(given).find((name) => !['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(name));
  if (other !== undefined) throw new PolicyError(`${place} has a principal that is not known: ${other}`);
  const named = (name: string): readonly string[] => {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    return value === undefined ? [] : listOf(value, `${place}.Principal.${name}`);
  };
  const services = named('Service');
  const identities = named('AWS');
  return (principal) => {
    if (principal.kind === 'service') return services.includes(principal.arn) || identities.includes('*') ? 'itself' : undefined;
    const matches = identities.map((text) => matchesAws(text, principal));
    return matches.includes('itself') ? 'itself' : matches.find((match) => match !== undefined);
  };
};

/** Where a policy stands: with an identity, with a resource, or as a role's trust. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

const statementOf = (document: unknown, index: number, kind: PolicyKind): Statement => {
  const place = `Statement[${index}]`;
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new PolicyError(`${place} must be an object`);
  const parts = document as Readonly<Record<string, unknown>>;
  const other = Object.keys(parts).find((name) => !KNOWN.includes(name));
  if (other !== undefined) throw new PolicyError(`${place} has an element that is not known: ${other}`);
  const { Effect: effect, Sid: sid } = parts;
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyError(`${place}.Effect must be Allow or Deny`);
  const action = actionsOf(parts, place);
  const resource = resourcesOf(parts, place, kind);
  const condition: Condition = conditionOf(parts['Condition'], `${place}.Condition`);
  return {
    index,
    sid: typeof sid === 'string' ? sid : undefined,
    effect,
    fits: (name, arn, keys) => action(name, keys) && resource(arn, keys) && condition(keys),
    principal: principalOf(parts, place, kind),
  };
};

const VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17', undefined];

/**
 * Reads a policy document (IAM User Guide, "IAM JSON policy elements reference"), as a text or parsed.
 * Throws a `PolicyError` for what IAM would refuse, and for NotPrincipal and the operators on bytes and IP addresses, which are not
 * known here.
 */
export const readPolicy = (document: unknown, kind: PolicyKind): readonly Statement[] => {
  const parsed = typeof document === 'string' ? parsedJson(document) : document;
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new PolicyError('a policy must be an object');
  const { Version, Id: _, Statement: given, ...others } = parsed as Readonly<Record<string, unknown>>;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new PolicyError(`the policy has an element that is not known: ${other}`);
  if (!VERSIONS.includes(Version)) throw new PolicyError(`the policy has a version that is not known: ${String(Version)}`);
  if (given === undefined) throw new PolicyError('the policy has no Statement');
  const statements: readonly unknown[] = Array.isArray(given) ? given : [given];
  return statements.map((statement, index) => statementOf(statement, index, kind));
};

const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new PolicyError('the policy is not JSON');
  }
};
