import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { describeRepository } from '../repositories.ts';
import { type EcrStore, onlyKnown, page } from '../store.ts';

export const describeRepositories: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryNames', 'nextToken', 'maxResults'], 'DescribeRepositories');
  const { repositories } = store.registry;
  const asked = (input['repositoryNames'] as readonly string[] | undefined) ?? [...repositories.keys()];
  const found = asked.map((name) => {
    const repository = repositories.get(name);
    if (repository !== undefined) return describeRepository(store.place, repository);
    throw new AwsError(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry with id '${store.place.account}'`,
    );
  });
  const { items, next } = page(found, input);
  return { repositories: items, ...next };
};
