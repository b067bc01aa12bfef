import type { Action } from '../../service.ts';
import { policyAnswer, policyText } from '../policies.ts';
import { type EcrStore, onlyKnown, repositoryIn } from '../store.ts';

/** Whether one locks oneself out is not looked at, so `force` is refused. */
export const setRepositoryPolicy: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'policyText'], 'SetRepositoryPolicy');
  const repository = repositoryIn(store, input);
  repository.policy = policyText(input);
  return policyAnswer(store, repository, repository.policy);
};
