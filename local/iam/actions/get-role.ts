import type { Action } from '../../service.ts';
import { roleAnswer } from '../answers.ts';
import { nameIn, onlyKnown } from '../members.ts';
import { type IamStore, roleNamed } from '../store.ts';

export const getRole: Action<IamStore> = (store, input) => {
  onlyKnown(input, ['RoleName'], 'GetRole');
  return { Role: roleAnswer(roleNamed(store, nameIn(input, 'RoleName'))) };
};
