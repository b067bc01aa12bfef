import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { CreateAliasCommand, PublishVersionCommand } from '@aws-sdk/client-lambda';
import type { Job } from '../../../shared/targets/target.ts';
import { REPOSITORY } from '../../local/lambda/image-functions.ts';
import { answering, zipFunction } from '../../local/lambda/zip-functions.ts';
import { type Part, pushArtifact } from '../../local/registry/artifacts.ts';
import { targetIn } from './lambda-stage.ts';

export const archive = (tag: string): Buffer => answering(tag);

export interface ZipOptions {
  /** The first version was published by somebody else, who has not said what it came in. */
  readonly byOthers?: boolean;
  /** Nothing was published. */
  readonly unpublished?: boolean;
}

/** The function `shop` of a zip archive, settled at its first version, with artifacts in ECR, and a target of its own. */
export const zipFunctionOf = async (
  config: Readonly<Record<string, unknown>> = {},
  { byOthers = false, unpublished = false }: ZipOptions = {},
) => {
  const cloud = await zipFunction(archive('first'));
  const { lambda, handle } = cloud;
  const access = cloud.access();
  const FunctionName = 'shop';
  await new ECRClient(access).send(new CreateRepositoryCommand({ repositoryName: 'shop' }));
  const push = (tag: string, parts: readonly Part[] = [{ bytes: archive(tag) }], manifest?: object) =>
    pushArtifact({ handle, access }, 'shop', tag, parts, manifest);
  const digests = new Map<string, string>();
  for (const tag of ['first', 'second', 'third']) digests.set(tag, await push(tag));
  if (!unpublished) {
    const Description = byOthers ? 'by hand' : `switchyard d-0 ${digests.get('first')}`;
    await lambda.send(new PublishVersionCommand({ FunctionName, Description }));
    await lambda.send(new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }));
  }
  const jobFor = (digest: string): Job => ({
    deployment: 'd-1',
    config: { kind: 'lambda', function: FunctionName, zip: { repository: REPOSITORY }, ...config },
    image: { repository: REPOSITORY, digest, platforms: [], artifact: 'application/vnd.unknown.artifact.v1' },
    again: false,
  });
  return {
    ...cloud,
    ...targetIn(cloud),
    push,
    jobFor,
    digestOf: (tag: string) => digests.get(tag) ?? '',
    job: async (tag: string) => jobFor(digests.get(tag) ?? ''),
    code: (tag: string) => ({ ZipFile: archive(tag) }),
  };
};
