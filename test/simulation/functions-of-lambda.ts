import { BatchGetImageCommand, ListImagesCommand } from '@aws-sdk/client-ecr';
import {
  GetAliasCommand,
  GetFunctionCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { ACCOUNT, REGION } from '../../local/service.ts';
import type { TargetSettings } from '../../shared/deployment/settings.ts';
import { desk } from './desk.ts';
import { PLACES, placeOf } from './places.ts';
import type { Step } from './plan.ts';
import type { Running } from './seen.ts';

const { ecr, lambda } = desk.clients;

export const ALIAS = 'live';

/** A function of the service's name: a fifth of its requests first where it has an alias. */
export const functionTarget =
  (alias?: string) =>
  (service: string): TargetSettings => ({
    kind: 'lambda',
    function: service,
    ...(alias === undefined ? {} : { alias, steps: [{ percent: 20, minutes: 1 }] }),
  });

/** Calls that change a function. */
export const CHANGES_OF_FUNCTIONS: readonly string[] = ['UpdateFunctionCode', 'PublishVersion', 'UpdateAlias'];

export const functionIn = (path: string): string | undefined => /\/functions\/([^/?]+)/.exec(path)?.[1];

/** Of a zip archive (API reference, FunctionConfiguration, CodeSha256: in base64). */
const archiveDigest = (codeSha256 = ''): string => `sha256:${Buffer.from(codeSha256, 'base64').toString('hex')}`;

/** What a function, or what its alias points at, runs: an image, or an archive by its own digest. */
export const runningInFunction = async (place: number, aliased: boolean): Promise<Running> => {
  const { service: FunctionName } = placeOf(place);
  const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName, MaxItems: 50 }));
  const { FunctionVersion, RoutingConfig } = aliased ? await lambda.send(new GetAliasCommand({ FunctionName, Name: ALIAS })) : {};
  const { Code, Configuration } = await lambda.send(
    new GetFunctionCommand({ FunctionName, ...(FunctionVersion === undefined ? {} : { Qualifier: FunctionVersion }) }),
  );
  const arn = Configuration?.FunctionArn;
  return {
    place,
    digest: Code?.ResolvedImageUri?.split('@')[1] ?? archiveDigest(Configuration?.CodeSha256),
    ...(FunctionVersion === undefined || arn === undefined ? {} : { definition: arn }),
    steady:
      Configuration?.LastUpdateStatus !== 'InProgress' && Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {}).length === 0,
    // of an archive with its artifact: one that was deleted is published anew to go back to it, for the deployment that is left
    rolledOut: Versions.flatMap(({ Description = '' }) => /^switchyard (\S+(?: sha256:\S+)?)$/.exec(Description)?.[1] ?? []),
  };
};

/** A function takes no index: a person gives it the image for its own architecture. */
const imageFor = async (repository: string, tag: string): Promise<string> => {
  const name = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${repository}`;
  const { images: [image] = [] } = await ecr.send(
    new BatchGetImageCommand({ repositoryName: repository, imageIds: [{ imageTag: tag }] }),
  );
  const { manifests = [] } = JSON.parse(image?.imageManifest ?? '{}') as Index;
  const own = manifests.find(({ platform }) => platform?.architecture === 'arm64');
  return own === undefined ? `${name}:${tag}` : `${name}@${own.digest}`;
};

interface Index {
  readonly manifests?: readonly { readonly digest: string; readonly platform?: { readonly architecture?: string } }[];
}

/** A person puts other code in, and gives up where Lambda says that somebody else is at it. */
export const changeFunction = async (
  { place, tag }: Extract<Step, { readonly do: 'by-hand' }>,
  aliased: boolean,
): Promise<void> => {
  const { service: FunctionName, repository } = placeOf(place);
  try {
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ImageUri: await imageFor(repository, tag) }));
    if (!aliased) return;
    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName }));
    await lambda.send(new UpdateAliasCommand({ FunctionName, Name: ALIAS, FunctionVersion: Version, RoutingConfig: {} }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceConflictException') throw error;
  }
};

/** Which index each image is one platform of. */
export const platformsToIndexes = async (): Promise<ReadonlyMap<string, string>> => {
  const known = new Map<string, string>();
  for (const repositoryName of new Set(PLACES.map(({ repository }) => repository))) {
    const { imageIds = [] } = await ecr.send(new ListImagesCommand({ repositoryName })).catch(() => ({ imageIds: [] }));
    for (const { imageDigest = '' } of imageIds) {
      const { images: [image] = [] } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] }));
      const { manifests = [] } = JSON.parse(image?.imageManifest ?? '{}') as Index;
      for (const { digest } of manifests) known.set(digest, imageDigest);
    }
  }
  return known;
};

/** A text in which what is in the one goes by the other: an image of one platform by its index (I3: a platform's digest may be a child of the index asked for). */
export const goingBy = (text: string, names: ReadonlyMap<string, string>): string =>
  [...names].reduce((now, [one, other]) => now.replaceAll(one, other), text);
