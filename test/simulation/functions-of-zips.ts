import { BatchGetImageCommand, CreateRepositoryCommand, ListImagesCommand, PutImageCommand } from '@aws-sdk/client-ecr';
import {
  DeleteFunctionCommand,
  ListVersionsByFunctionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { ACCOUNT, REGION } from '../../local/service.ts';
import type { Handle } from '../../local/wire/http.ts';
import type { TargetSettings } from '../../shared/deployment/settings.ts';
import { artifactManifest, pushArtifact } from '../local/registry/artifacts.ts';
import { archivesOf } from './archives.ts';
import { desk } from './desk.ts';
import { ALIAS, functionTarget } from './functions-of-lambda.ts';
import { PLACES, placeOf, SHARING } from './places.ts';
import type { Step } from './plan.ts';

const { ecr, lambda } = desk.clients;

/** As the function of an image, of archives in the repository of the same place. */
export const zipTarget =
  (alias?: string) =>
  (service: string): TargetSettings => {
    const repository = PLACES.find((place) => place.service === service)?.repository;
    const zip = { repository: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${repository}` };
    return { ...functionTarget(alias)(service), zip };
  };

/** Which of the repositories have archives, and not images. */
export const ofArchives = (repositories: Iterable<string>): readonly string[] =>
  [...repositories].filter((repository) => repository !== SHARING.repository);

const archiveFor = (repository: string, tag: string): Buffer => {
  const archive = archivesOf(repository).get(tag);
  if (archive === undefined) throw new Error(`nobody has built ${repository}:${tag}`);
  return archive;
};

/**
 * What CI has built: an artifact for each archive; the one of `good` twice, as two builds of the same commit make it, since the time stands in the
 * manifest. `moving` names the first.
 */
export const pushArchives = async (handle: Handle, repositories: readonly string[]): Promise<void> => {
  const registry = { handle, access: desk.access };
  for (const repositoryName of repositories) {
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    for (const [tag, bytes] of archivesOf(repositoryName)) await pushArtifact(registry, repositoryName, tag, [{ bytes }]);
    const again = [{ bytes: archiveFor(repositoryName, 'good') }];
    const later = { annotations: { 'org.opencontainers.image.created': '2026-03-01T12:05:00Z' } };
    await pushArtifact(registry, repositoryName, 'slow', again, artifactManifest(again, later));
    const { images: [image] = [] } = await ecr.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'good' }] }),
    );
    await ecr.send(new PutImageCommand({ repositoryName, imageManifest: image?.imageManifest, imageTag: 'moving' }));
  }
};

/** A person puts an archive in: published where an alias is to be moved to it, and otherwise not. */
const putIn = async (service: string, ZipFile: Buffer, aliased: boolean): Promise<void> => {
  const FunctionName = service;
  const { Version } = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile, Publish: aliased }));
  if (!aliased) return;
  await lambda.send(new UpdateAliasCommand({ FunctionName, Name: ALIAS, FunctionVersion: Version, RoutingConfig: {} }));
};

/** Unless somebody else is at it, as Lambda says then, and the person gives up. */
const unlessBusy = async (change: Promise<unknown>): Promise<void> => {
  try {
    await change;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceConflictException') throw error;
  }
};

/** What the functions run before the pipeline is there, of an artifact that nobody knows. */
export const installZips = async (places: readonly number[], aliased: boolean): Promise<void> => {
  for (const { service, repository } of places.map(placeOf))
    if (service !== SHARING.service) await putIn(service, archiveFor(repository, 'initial'), aliased);
};

export const changeZip = ({ place, tag }: Extract<Step, { readonly do: 'by-hand' }>, aliased: boolean): Promise<void> => {
  const { service, repository } = placeOf(place);
  return unlessBusy(putIn(service, archiveFor(repository, tag), aliased));
};

/** Somebody deletes every version that no alias needs. */
export const deleteVersions = async ({ place }: Extract<Step, { readonly do: 'delete-versions' }>): Promise<void> => {
  const { service: FunctionName } = placeOf(place);
  const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName, MaxItems: 50 }));
  for (const { Version } of Versions.filter((one) => one.Version !== '$LATEST'))
    await unlessBusy(lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier: Version })));
};

interface Manifest {
  readonly layers?: readonly { readonly mediaType: string; readonly digest: string }[];
}

/** Which archive is in each artifact. */
export const artifactsToArchives = async (repositories: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const known = new Map<string, string>();
  for (const repositoryName of repositories) {
    const { imageIds = [] } = await ecr.send(new ListImagesCommand({ repositoryName }));
    for (const { imageDigest = '' } of imageIds) {
      const { images: [image] = [] } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] }));
      const { layers: [layer] = [] } = JSON.parse(image?.imageManifest ?? '{}') as Manifest;
      if (layer?.mediaType === 'application/zip') known.set(imageDigest, layer.digest);
    }
  }
  return known;
};
