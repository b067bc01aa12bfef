import { AwsError } from '../errors.ts';
import type { Place } from '../place.ts';
import type { Repository } from '../registry/store.ts';
import { repositoryArn, repositoryUri } from './names.ts';
import { type Input, textOf } from './store.ts';

/** API reference, CreateRepository: repositoryName. */
const NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

export const repositoryName = (input: Input): string => {
  const name = textOf(input, 'repositoryName') ?? '';
  if (name.length < 2 || name.length > 256 || !NAME.test(name))
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '${NAME.source}''`,
    );
  return name;
};

/** Exclusions from immutability are not known here. */
export const isImmutable = (input: Input): boolean => {
  const mutability = input['imageTagMutability'] ?? 'MUTABLE';
  if (mutability !== 'MUTABLE' && mutability !== 'IMMUTABLE')
    throw new AwsError('InvalidParameterException', `the local cloud does not know imageTagMutability ${String(mutability)}.`);
  return mutability === 'IMMUTABLE';
};

export const scansOnPush = (input: Input): boolean => {
  const { scanOnPush = false, ...others } = (input['imageScanningConfiguration'] ?? {}) as Input;
  if (typeof scanOnPush !== 'boolean' || Object.keys(others).length > 0)
    throw new AwsError('InvalidParameterException', "Invalid parameter at 'imageScanningConfiguration'");
  return scanOnPush;
};

export const describeRepository = (place: Place, { name, createdAt, immutable, scansOnPush: scanOnPush }: Repository) => ({
  repositoryName: name,
  repositoryArn: repositoryArn(place, name),
  registryId: place.account,
  repositoryUri: repositoryUri(place, name),
  createdAt: createdAt / 1000,
  imageTagMutability: immutable ? 'IMMUTABLE' : 'MUTABLE',
  imageScanningConfiguration: { scanOnPush },
});
