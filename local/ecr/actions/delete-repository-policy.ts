import type { Action } from '../../service.ts';
import { policyAnswer, policyOf } from '../policies.ts';
import { type EcrStore, onlyKnown } from '../store.ts';

/** The answer tells what it was. */
export const deleteRepositoryPolicy: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName'], 'DeleteRepositoryPolicy');
  const { repository, policy } = policyOf(store, input);
  delete repository.policy;
  return policyAnswer(store, repository, policy);
};
