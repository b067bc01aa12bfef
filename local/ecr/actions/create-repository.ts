import { AwsError } from '../../errors.ts';
import { emptyRepository } from '../../registry/store.ts';
import type { Action } from '../../service.ts';
import { describeRepository, isImmutable, repositoryName, scansOnPush } from '../repositories.ts';
import { type EcrStore, onlyKnown } from '../store.ts';

export const createRepository: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryName', 'imageTagMutability', 'imageScanningConfiguration'], 'CreateRepository');
  const { repositories, clock } = store.registry;
  const name = repositoryName(input);
  if (repositories.has(name))
    throw new AwsError(
      'RepositoryAlreadyExistsException',
      `The repository with name '${name}' already exists in the registry with id '${store.place.account}'`,
    );
  const repository = emptyRepository(name, clock.now());
  repository.immutable = isImmutable(input);
  repository.scansOnPush = scansOnPush(input);
  repositories.set(name, repository);
  return { repository: describeRepository(store.place, repository) };
};
