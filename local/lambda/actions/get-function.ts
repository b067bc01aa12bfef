import { pathToFileURL } from 'node:url';
import { downloadAddress } from '../../downloads/address.ts';
import type { Action } from '../../service.ts';
import type { FunctionConfiguration } from '../configuration.ts';
import { describeFunction } from '../describe.ts';
import { onlyMembers, requiredText, textOf } from '../members.ts';
import { type LambdaStore, versionOf } from '../store.ts';

/** Seconds (API reference, GetFunction: "a link to download the deployment package that's valid for 10 minutes"). */
const GOOD_FOR = 600;

/** A folder, and a package that comes with a stack, is where it is on this machine. */
const locationOf = ({ clock, place }: LambdaStore, endpoint: string, configuration: FunctionConfiguration): string => {
  const { account, region } = place;
  const { name, version, code, codeSha256 } = configuration;
  if (codeSha256 === undefined) return pathToFileURL(code).href;
  return downloadAddress(endpoint, ['functions', account, region, name, version], clock.now(), GOOD_FOR);
};

export const getFunction: Action<LambdaStore> = (store, input, { endpoint }) => {
  onlyMembers(input, ['FunctionName', 'Qualifier']);
  const { configuration } = versionOf(store, requiredText(input, 'FunctionName'), textOf(input, 'Qualifier'));
  const { image } = configuration;
  return {
    Configuration: describeFunction(configuration),
    Code:
      image === undefined
        ? { RepositoryType: 'S3', Location: locationOf(store, endpoint, configuration) }
        : { RepositoryType: 'ECR', ImageUri: image.uri, ResolvedImageUri: image.resolved },
  };
};
