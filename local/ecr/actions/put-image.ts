import { digestOf } from '../../digest.ts';
import { AwsError } from '../../errors.ts';
import { putManifest, takenText } from '../../registry/actions/put-manifest.ts';
import { RegistryError } from '../../registry/errors.ts';
import type { RegistryStore } from '../../registry/store.ts';
import type { Action } from '../../service.ts';
import { type EcrStore, imageAnswer, onlyKnown, repositoryIn, requiredImage, textOf, whereText } from '../store.ts';

const KNOWN = ['registryId', 'repositoryName', 'imageManifest', 'imageManifestMediaType', 'imageTag', 'imageDigest'];

/** The same push by AWS's API: parts have to be there, uploaded before by the registry's own. */
export const putImage: Action<EcrStore> = (store, input) => {
  onlyKnown(input, KNOWN, 'PutImage');
  const { name, manifests, tags, immutable } = repositoryIn(store, input);
  const where = whereText(store, input);
  const manifest = textOf(input, 'imageManifest') ?? '';
  const digest = digestOf(manifest);
  const tag = textOf(input, 'imageTag');
  const named = textOf(input, 'imageDigest');
  if (named !== undefined && named !== digest)
    throw new AwsError(
      'ImageDigestDoesNotMatchException',
      `The specified digest '${named}' does not match the digest '${digest}' of the image`,
    );
  if (manifests.has(digest) && (tag === undefined || tags.get(tag) === digest))
    throw new AwsError(
      'ImageAlreadyExistsException',
      `Image with digest '${digest}'${tag === undefined ? '' : ` and tag '${tag}'`} already exists in ${where}`,
    );
  if (tag !== undefined && immutable && tags.has(tag)) throw new AwsError('ImageTagAlreadyExistsException', takenText(name, tag));
  put(store.registry, name, tag ?? digest, textOf(input, 'imageManifestMediaType'), manifest);
  return { image: imageAnswer(store, requiredImage(store, input, { imageDigest: digest }), tag) };
};

/** What the registry says in its words, in those of the API (API reference, PutImage). */
const put = (registry: RegistryStore, repository: string, reference: string, type: string | undefined, text: string): void => {
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
  try {
    putManifest(registry, { repository, reference, query: new URLSearchParams(), headers, body: Buffer.from(text) });
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new AwsError(CODES[error.code] ?? 'InvalidParameterException', error.message);
  }
};

const CODES: Readonly<Partial<Record<RegistryError['code'], string>>> = {
  MANIFEST_BLOB_UNKNOWN: 'LayersNotFoundException',
  MANIFEST_UNKNOWN: 'ReferencedImagesNotFoundException',
};
