import { AwsError } from '../errors.ts';
import { PolicyError } from '../iam/conditions.ts';
import { readPolicy } from '../iam/policy.ts';
import type { Repository } from '../registry/store.ts';
import { type EcrStore, type Input, repositoryIn, textOf } from './store.ts';

/** Characters (API reference, SetRepositoryPolicy: policyText). */
const LONGEST = 10_240;

/** The text that is to be a repository's policy. */
export const policyText = (input: Input): string => {
  const text = textOf(input, 'policyText') ?? '';
  if (text.length > LONGEST)
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'policyText' failed to satisfy constraint: 'Member must have length less than or equal to ${LONGEST}'`,
    );
  try {
    readPolicy(text, 'resource');
    return text;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided': ${error.message}`,
    );
  }
};

interface WithPolicy {
  readonly repository: Repository;
  readonly policy: string;
}

/** Throws `RepositoryPolicyNotFoundException`. */
export const policyOf = (store: EcrStore, input: Input): WithPolicy => {
  const repository = repositoryIn(store, input);
  const { name, policy } = repository;
  if (policy !== undefined) return { repository, policy };
  throw new AwsError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${store.place.account}'`,
  );
};

/** As all three actions on a policy answer. */
export const policyAnswer = ({ place }: EcrStore, { name }: Repository, text: string) => ({
  registryId: place.account,
  repositoryName: name,
  policyText: text,
});
