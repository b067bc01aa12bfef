import { readPolicy } from './policy.ts';
import type { IamStore, Identity, Key, PolicyText, Role } from './store.ts';

interface SavedIdentity extends Pick<Identity, 'name' | 'arn' | 'id' | 'path' | 'createdAt'> {
  readonly inline: readonly (readonly [string, string])[];
  readonly attached: readonly string[];
}

/** What is kept of IAM: documents as they were written. */
export interface SavedIam {
  readonly roles: readonly (SavedIdentity & { readonly trust: string; readonly longestSession: number })[];
  readonly users: readonly SavedIdentity[];
  readonly policies: readonly (readonly [string, string])[];
  readonly keys: readonly (readonly [string, Key])[];
}

export const saveIam = ({ roles, users, policies, keys }: IamStore): SavedIam => ({
  roles: [...roles.values()].map((role) => ({
    ...saveIdentity(role),
    trust: role.trust.text,
    longestSession: role.longestSession,
  })),
  users: [...users.values()].map(saveIdentity),
  policies: [...policies].map(([arn, { text }]) => [arn, text]),
  keys: [...keys],
});

const saveIdentity = ({ name, arn, id, path, createdAt, inline, attached }: Identity): SavedIdentity => ({
  name,
  arn,
  id,
  path,
  createdAt,
  inline: [...inline].map(([policy, { text }]) => [policy, text]),
  attached: [...attached],
});

/** Brings back what is not there; what the stack has made stays as it is. */
export const loadIam = (store: IamStore, { roles, users, policies, keys }: SavedIam): void => {
  for (const [arn, text] of policies) if (!store.policies.has(arn)) store.policies.set(arn, compiled(text));
  for (const user of users) if (!store.users.has(user.name)) store.users.set(user.name, loadIdentity(user));
  for (const { trust, longestSession, ...role } of roles) {
    const loaded: Role = {
      ...loadIdentity(role),
      trust: { text: trust, statements: readPolicy(trust, 'trust') },
      longestSession,
    };
    if (!store.roles.has(role.name)) store.roles.set(role.name, loaded);
  }
  for (const [id, key] of keys) if (!store.keys.has(id)) store.keys.set(id, key);
};

const compiled = (text: string): PolicyText => ({ text, statements: readPolicy(text, 'identity') });

const loadIdentity = ({ inline, attached, ...identity }: SavedIdentity): Identity => ({
  ...identity,
  inline: new Map(inline.map(([name, text]) => [name, compiled(text)])),
  attached: new Set(attached),
});
