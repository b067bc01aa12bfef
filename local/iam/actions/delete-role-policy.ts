import type { Action } from '../../service.ts';
import { nameIn, onlyKnown } from '../members.ts';
import { type IamStore, noSuchEntity, roleNamed } from '../store.ts';

export const deleteRolePolicy: Action<IamStore> = (store, input) => {
  onlyKnown(input, ['RoleName', 'PolicyName'], 'DeleteRolePolicy');
  const name = nameIn(input, 'PolicyName', 128);
  if (!roleNamed(store, nameIn(input, 'RoleName')).inline.delete(name))
    throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  return undefined;
};
