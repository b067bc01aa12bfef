import type { Action } from '../../service.ts';
import { nameIn, onlyKnown, required } from '../members.ts';
import { attach, type IamStore, roleNamed } from '../store.ts';

export const attachRolePolicy: Action<IamStore> = (store, input) => {
  onlyKnown(input, ['RoleName', 'PolicyArn'], 'AttachRolePolicy');
  attach(store, roleNamed(store, nameIn(input, 'RoleName')), required(input, 'PolicyArn'));
  return undefined;
};
