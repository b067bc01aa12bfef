import { createHash } from 'node:crypto';
import { AwsError } from '../errors.ts';
import type { Basics } from '../ports.ts';
import { PolicyError } from './conditions.ts';
import type { NamedPolicy } from './evaluate.ts';
import { type PolicyKind, readPolicy, type Statement } from './policy.ts';

/** A policy as it was written, and as it is evaluated. */
export interface PolicyText {
  readonly text: string;
  readonly statements: readonly Statement[];
}

/** A user or a role: what its policies allow. */
export interface Identity {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly path: string;
  readonly createdAt: number;
  readonly inline: Map<string, PolicyText>;
  /** ARNs of managed policies. */
  readonly attached: Set<string>;
}

export interface Role extends Identity {
  readonly trust: PolicyText;
  /** Seconds that a session of it may last at most. */
  readonly longestSession: number;
}

/** What an access key that IAM or STS gave out stands for. */
export type Key =
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'session'; readonly role: string; readonly session: string; readonly until: number };

/** IAM of one account. */
export interface IamStore extends Pick<Basics, 'clock' | 'random'> {
  readonly account: string;
  readonly roles: Map<string, Role>;
  readonly users: Map<string, Identity>;
  /** Managed policies by ARN. */
  readonly policies: Map<string, PolicyText>;
  /** By access key. */
  readonly keys: Map<string, Key>;
}

export const createIamStore = ({ clock, random, account }: Pick<IamStore, 'clock' | 'random' | 'account'>): IamStore => ({
  clock,
  random,
  account,
  roles: new Map(),
  users: new Map(),
  policies: new Map(),
  keys: new Map(),
});

/** Characters without white space (IAM User Guide, "IAM and AWS STS quotas"): of all inline policies of one identity together. */
const MOST_CHARACTERS = { user: 2048, role: 10_240, managed: 6144, trust: 2048 } as const;

const lengthOf = (text: string): number => text.replace(/\s/g, '').length;

const tooLong = (what: string, most: number): AwsError =>
  new AwsError('LimitExceeded', `Maximum policy size of ${most} bytes exceeded for ${what}`, { status: 409 });

const read = (text: string, kind: PolicyKind): PolicyText => {
  try {
    return { text, statements: readPolicy(text, kind) };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new AwsError('MalformedPolicyDocument', error.message);
  }
};

export const NAME = /^[\w+=,.@-]{1,128}$/;

/** Twenty-one characters, the same each time for one thing (IAM User Guide, "Unique identifiers"). */
export const uniqueId = (prefix: 'AIDA' | 'AROA', thing: string): string =>
  prefix + createHash('sha256').update(thing).digest('hex').slice(0, 17).toUpperCase();

const exists = (kind: string, name: string): AwsError =>
  new AwsError('EntityAlreadyExists', `${kind} with name ${name} already exists.`, { status: 409 });

export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', message, { status: 404 });

const newIdentity = (store: IamStore, kind: 'role' | 'user', name: string, path: string): Identity => ({
  name,
  path,
  arn: `arn:aws:iam::${store.account}:${kind}${path}${name}`,
  id: uniqueId(kind === 'role' ? 'AROA' : 'AIDA', `${store.account}/${name}`),
  createdAt: store.clock.now(),
  inline: new Map(),
  attached: new Set(),
});

export interface RoleSpecification {
  readonly name: string;
  readonly path?: string;
  readonly trust: string;
  readonly longestSession?: number;
}

const DEFAULT_SESSION = 3600;

export const createRole = (store: IamStore, { name, path = '/', trust, longestSession }: RoleSpecification): Role => {
  if (store.roles.has(name)) throw exists('Role', name);
  if (lengthOf(trust) > MOST_CHARACTERS.trust)
    throw new AwsError('LimitExceeded', 'Cannot exceed quota for ACLSizePerRole: 2048', { status: 409 });
  const role: Role = {
    ...newIdentity(store, 'role', name, path),
    trust: read(trust, 'trust'),
    longestSession: longestSession ?? DEFAULT_SESSION,
  };
  store.roles.set(name, role);
  return role;
};

export const createUser = (store: IamStore, name: string, path = '/'): Identity => {
  if (store.users.has(name)) throw exists('User', name);
  const user = newIdentity(store, 'user', name, path);
  store.users.set(name, user);
  return user;
};

export const createPolicy = (store: IamStore, name: string, path: string, text: string): string => {
  const arn = `arn:aws:iam::${store.account}:policy${path}${name}`;
  if (store.policies.has(arn)) throw exists('A policy', name);
  if (lengthOf(text) > MOST_CHARACTERS.managed)
    throw new AwsError('LimitExceeded', `Cannot exceed quota for PolicySize: ${MOST_CHARACTERS.managed}`, { status: 409 });
  store.policies.set(arn, read(text, 'identity'));
  return arn;
};

export const roleNamed = (store: IamStore, name: string): Role => {
  const role = store.roles.get(name);
  if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
};

export const userNamed = (store: IamStore, name: string): Identity => {
  const user = store.users.get(name);
  if (user === undefined) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
};

/** `undefined`: no role of this account has the ARN. */
export const roleWithArn = (store: IamStore, arn: string): Role | undefined => {
  const role = store.roles.get(arn.slice(arn.lastIndexOf('/') + 1));
  return role?.arn === arn ? role : undefined;
};

export const putInline = (identity: Identity, kind: 'role' | 'user', name: string, text: string): void => {
  const policy = read(text, 'identity');
  const others = [...identity.inline].filter(([other]) => other !== name).map(([, other]) => other.text);
  const length = [...others, text].reduce((sum, document) => sum + lengthOf(document), 0);
  if (length > MOST_CHARACTERS[kind]) throw tooLong(`${kind} ${identity.name}`, MOST_CHARACTERS[kind]);
  identity.inline.set(name, policy);
};

/** Managed policies of one identity (IAM quotas). */
const MOST_ATTACHED = 10;

export const attach = (store: IamStore, identity: Identity, arn: string): void => {
  if (!store.policies.has(arn)) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  if (!identity.attached.has(arn) && identity.attached.size >= MOST_ATTACHED)
    throw new AwsError('LimitExceeded', `Cannot exceed quota for PoliciesPerRole: ${MOST_ATTACHED}`, { status: 409 });
  identity.attached.add(arn);
};

/** Every policy that speaks for an identity. */
export const policiesOf = (store: IamStore, identity: Identity): readonly NamedPolicy[] => [
  ...[...identity.inline].map(([name, { statements }]) => ({ name: `${identity.name}/${name}`, statements })),
  ...[...identity.attached].map((arn) => ({ name: arn, statements: store.policies.get(arn)?.statements ?? [] })),
];
