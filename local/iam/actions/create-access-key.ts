import type { Action } from '../../service.ts';
import { newKey, newSecret } from '../keys.ts';
import { nameIn, onlyKnown } from '../members.ts';
import { type IamStore, userNamed } from '../store.ts';

/** Signatures are not verified, so the secret opens nothing: the key alone tells who calls. */
export const createAccessKey: Action<IamStore> = (store, input) => {
  onlyKnown(input, ['UserName'], 'CreateAccessKey');
  const { name } = userNamed(store, nameIn(input, 'UserName'));
  const id = newKey(store, 'AKIA');
  store.keys.set(id, { kind: 'user', user: name });
  return {
    AccessKey: {
      UserName: name,
      AccessKeyId: id,
      Status: 'Active',
      SecretAccessKey: newSecret(store),
      CreateDate: store.clock.now() / 1000,
    },
  };
};
