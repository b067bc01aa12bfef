import type { Action } from '../../service.ts';
import { nameIn, onlyKnown, required } from '../members.ts';
import { attach, type IamStore, userNamed } from '../store.ts';

export const attachUserPolicy: Action<IamStore> = (store, input) => {
  onlyKnown(input, ['UserName', 'PolicyArn'], 'AttachUserPolicy');
  attach(store, userNamed(store, nameIn(input, 'UserName')), required(input, 'PolicyArn'));
  return undefined;
};
