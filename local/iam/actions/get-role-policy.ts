import type { Action } from '../../service.ts';
import { nameIn, onlyKnown } from '../members.ts';
import { type IamStore, noSuchEntity, roleNamed } from '../store.ts';

export const getRolePolicy: Action<IamStore> = (store, input) => {
  onlyKnown(input, ['RoleName', 'PolicyName'], 'GetRolePolicy');
  const role = roleNamed(store, nameIn(input, 'RoleName'));
  const name = nameIn(input, 'PolicyName', 128);
  const policy = role.inline.get(name);
  if (policy === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeURIComponent(policy.text) };
};
