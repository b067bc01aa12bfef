import { RefusedError } from '../refused.ts';
import { type LAMBDA_REFUSALS, refusal } from './refusals.ts';

/** Bytes that Lambda takes in a request (Developer Guide, "Lambda quotas": 50 MB, zipped, by the API). */
export const LARGEST = 50 * 1024 * 1024;

const ZIP = 'application/zip';

interface Manifest {
  readonly artifactType?: unknown;
  readonly config?: { readonly mediaType?: unknown };
  readonly manifests?: unknown;
  readonly layers?: readonly { readonly mediaType?: unknown; readonly digest?: unknown; readonly size?: unknown }[];
}

const kindOf = ({ artifactType, config, manifests }: Manifest): string =>
  manifests === undefined ? `of the type ${String(artifactType ?? config?.mediaType)}` : 'an index of several images';

/**
 * The digest of the archive in an artifact's manifest, as `oras push <reference> function.zip:application/zip` makes it (OCI image
 * specification 1.1, "Guidelines for Artifact Usage"): one layer of the media type `application/zip`, whatever the config and the artifact
 * are called. Refuses anything else.
 */
export const archiveIn = (manifest: string, doing: string): string => {
  const no = (code: keyof typeof LAMBDA_REFUSALS, why: string): RefusedError =>
    new RefusedError(refusal(code, `cannot ${doing}: ${why}`));
  const body: Manifest = JSON.parse(manifest);
  const { layers = [] } = body;
  const zip = layers.find(({ mediaType }) => mediaType === ZIP);
  if (zip === undefined)
    throw no(
      'artifact-not-zip',
      `it is ${kindOf(body)} and has no file of the media type ${ZIP}, and the function is made from zip archives; push one with "oras push <repository>:<tag> function.zip:${ZIP}"`,
    );
  if (layers.length > 1)
    throw no('artifact-several-files', `it has ${layers.length} files, and Lambda takes one archive; push that alone`);
  const { digest, size } = zip;
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest) || typeof size !== 'number')
    throw no('artifact-not-zip', 'its manifest names the archive without sha256 digest or size; push it again');
  if (size > LARGEST)
    throw no(
      'artifact-too-large',
      `its archive has ${size} bytes, and Lambda takes ${LARGEST} in a request; make it smaller, or make the function of an image`,
    );
  return digest;
};
