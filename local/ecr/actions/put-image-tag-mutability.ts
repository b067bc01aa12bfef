import type { Action } from '../../service.ts';
import { isImmutable } from '../repositories.ts';
import { type EcrStore, onlyKnown, repositoryIn } from '../store.ts';

export const putImageTagMutability: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'imageTagMutability'], 'PutImageTagMutability');
  const repository = repositoryIn(store, input);
  repository.immutable = isImmutable(input);
  return {
    registryId: store.place.account,
    repositoryName: repository.name,
    imageTagMutability: repository.immutable ? 'IMMUTABLE' : 'MUTABLE',
  };
};
