import { createHash } from 'node:crypto';
import { BatchGetImageCommand, ECRClient, GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr';
import type { Failure } from '../../deployment/observations.ts';
import { asking } from '../asking.ts';
import type { TargetPorts } from '../module.ts';
import { RefusedError } from '../refused.ts';
import { repositoryIn } from './config.ts';
import { refusal } from './refusals.ts';
import { archiveIn } from './zip-manifest.ts';

/** A zip archive of which its manifest, or Lambda, has told. */
export interface Archive {
  /** Of the archive itself. */
  readonly digest: string;
  readonly read: () => Promise<Uint8Array>;
}

/** Errors of ECR that will be the same next time (API reference, "Errors" of the calls that are made here). */
const refusalOf = ({ name, message }: Error, doing: string): Failure | undefined => {
  switch (name) {
    case 'ImageNotFoundException':
    case 'LayerInaccessibleException':
    case 'LayersNotFoundException':
    case 'RepositoryNotFoundException':
      return refusal('artifact-missing', `cannot ${doing}: ${message}; push it again, or correct the catalogue's "repository"`);
    default:
      return undefined;
  }
};

/** Of everything that a registry may have under a digest: what is no zip is refused by what it is. */
const ACCEPTED = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** Artifacts of a registry of Amazon ECR, and archives by their addresses. */
export const artifactCalls = ({ client, fetch, signal }: Pick<TargetPorts, 'client' | 'fetch' | 'signal'>) => {
  const ask = asking(signal, refusalOf);

  /** The bytes at an address that AWS has lent, as they were promised; `of` says whose they are. Throws what may be different next time. */
  const download = async (url: string, digest: string, of: string): Promise<Uint8Array> => {
    const response = await fetch(url, { signal: signal() });
    if (!response.ok)
      throw new Error(`cannot download the archive of ${of}: the answer is ${response.status} ${response.statusText}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (found === digest) return bytes;
    throw new RefusedError(
      refusal(
        'artifact-damaged',
        `cannot use the archive of ${of}: what AWS hands out is ${found}, and ${digest} is promised; push it again`,
      ),
    );
  };

  /** `repository`: its full name. One call; another, and the download, when it is read. Refuses whatever is not one zip archive. */
  const archiveOf = async (repository: string, digest: string, doing: string): Promise<Archive> => {
    const { account, region, name } = repositoryIn(repository);
    const where = { registryId: account, repositoryName: name };
    const ecr = client(ECRClient, region);
    const manifest = new BatchGetImageCommand({ ...where, imageIds: [{ imageDigest: digest }], acceptedMediaTypes: ACCEPTED });
    const { images: [image] = [], failures: [failure] = [] } = await ask(doing, (options) => ecr.send(manifest, options));
    if (image?.imageManifest === undefined)
      throw new RefusedError(
        refusal('artifact-missing', `cannot ${doing}: ${repository} has it no more (${failure?.failureReason}); push it again`),
      );
    const layer = archiveIn(image.imageManifest, doing);
    const read = async () => {
      const address = new GetDownloadUrlForLayerCommand({ ...where, layerDigest: layer });
      const { downloadUrl = '' } = await ask(`get the archive of ${repository}@${digest}`, (options) =>
        ecr.send(address, options),
      );
      return download(downloadUrl, layer, `${repository}@${digest}`);
    };
    return { digest: layer, read };
  };

  return { archiveOf, download };
};

export type ArtifactCalls = ReturnType<typeof artifactCalls>;
