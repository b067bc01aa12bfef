import { AwsError } from '../../errors.ts';
import { ACCOUNT, type Action } from '../../service.ts';
import { type EcrStore, onlyKnown, page, repositoryArn, repositoryUri } from '../store.ts';

export const describeRepositories: Action<EcrStore> = (store, input) => {
  onlyKnown(input, ['registryId', 'repositoryNames', 'nextToken', 'maxResults'], 'DescribeRepositories');
  const there = store.images.repositories();
  const asked = input['repositoryNames'] as readonly string[] | undefined;
  const missing = asked?.find((name) => !there.includes(name));
  if (missing !== undefined) {
    throw new AwsError(
      'RepositoryNotFoundException',
      `The repository with name '${missing}' does not exist in the registry with id '${ACCOUNT}'`,
    );
  }
  const { items, next } = page(asked ?? there, input);
  return {
    repositories: items.map((repositoryName) => ({
      repositoryName,
      repositoryArn: repositoryArn(repositoryName),
      registryId: ACCOUNT,
      repositoryUri: repositoryUri(repositoryName),
      createdAt: Date.parse('2026-01-01T00:00:00Z') / 1000,
      imageTagMutability: 'MUTABLE',
    })),
    ...next,
  };
};
