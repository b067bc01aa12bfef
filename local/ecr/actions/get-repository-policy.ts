import type { Action } from '../../service.ts';
import { policyAnswer, policyOf } from '../policies.ts';
import { type EcrStore, onlyKnown } from '../store.ts';

export const getRepositoryPolicy: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName'], 'GetRepositoryPolicy');
  const { repository, policy } = policyOf(store, input);
  return policyAnswer(store, repository, policy);
};
