import type { Action } from '../../service.ts';
import { nameIn, onlyKnown, required } from '../members.ts';
import { type IamStore, putInline, userNamed } from '../store.ts';

export const putUserPolicy: Action<IamStore> = (store, input) => {
  onlyKnown(input, ['UserName', 'PolicyName', 'PolicyDocument'], 'PutUserPolicy');
  const user = userNamed(store, nameIn(input, 'UserName'));
  putInline(user, 'user', nameIn(input, 'PolicyName', 128), required(input, 'PolicyDocument'));
  return undefined;
};
