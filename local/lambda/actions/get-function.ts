import { pathToFileURL } from 'node:url';
import type { Action } from '../../service.ts';
import { describeFunction } from '../describe.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { type LambdaStore, versionOf } from '../store.ts';

export const getFunction: Action<LambdaStore> = (store, input) => {
  onlyMembers(input, ['FunctionName', 'Qualifier']);
  const { configuration } = versionOf(store, requiredText(input, 'FunctionName'), textOf(input, 'Qualifier'));
  const { image, code } = configuration;
  return {
    Configuration: describeFunction(configuration),
    Code:
      image === undefined
        ? { RepositoryType: 'S3', Location: pathToFileURL(code).href }
        : { RepositoryType: 'ECR', ImageUri: image.uri, ResolvedImageUri: image.resolved },
  };
};
