import type { Action } from '../../service.ts';
import { nameIn, onlyKnown, required } from '../members.ts';
import { type IamStore, putInline, roleNamed } from '../store.ts';

export const putRolePolicy: Action<IamStore> = (store, input) => {
  onlyKnown(input, ['RoleName', 'PolicyName', 'PolicyDocument'], 'PutRolePolicy');
  const role = roleNamed(store, nameIn(input, 'RoleName'));
  putInline(role, 'role', nameIn(input, 'PolicyName', 128), required(input, 'PolicyDocument'));
  return undefined;
};
