import { digestOf } from '../../digest.ts';
import type { RegistryAction } from '../action.ts';
import { RegistryError } from '../errors.ts';
import { labelsOf } from '../images.ts';
import { type KeptManifest, type Repository, repositoryOf } from '../store.ts';

/** Registries should take manifests of at least 4 MiB ("Pushing Manifests"); Amazon ECR takes no larger ones. */
const LARGEST = 4 * 1024 * 1024;

interface Body {
  readonly mediaType?: unknown;
  readonly manifests?: readonly { readonly digest: string }[];
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string; readonly size?: number }[];
  readonly subject?: { readonly digest: string };
}

const read = (bytes: Buffer): Body => {
  try {
    const body: Body | null = JSON.parse(bytes.toString('utf8'));
    if (body !== null && (typeof body.config === 'object' || Array.isArray(body.manifests))) return body;
  } catch {
    // Said below, as of anything else that is no manifest.
  }
  throw new RegistryError('MANIFEST_INVALID', 'the manifest is no JSON object with a config or a list of manifests');
};

/** What a manifest names has to be there before it; only its subject may come later. */
const requireParts = ({ name, manifests, blobs }: Repository, body: Body): void => {
  const missing = (body.manifests ?? []).find(({ digest }) => !manifests.has(digest));
  if (missing !== undefined)
    throw new RegistryError('MANIFEST_UNKNOWN', `${name} has no manifest ${missing.digest}, which the index lists`);
  const named = [...(body.config === undefined ? [] : [body.config]), ...(body.layers ?? [])];
  const blob = named.find(({ digest }) => !blobs.has(digest));
  if (blob !== undefined)
    throw new RegistryError('MANIFEST_BLOB_UNKNOWN', `${name} has no blob ${blob.digest}, which the manifest names`);
};

/** As Amazon ECR refuses to move a tag. */
export const takenText = (repository: string, tag: string): string =>
  `The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the repository is immutable.`;

/** "Pushing Manifests". */
export const putManifest: RegistryAction = (store, { repository, reference, headers, body: bytes }) => {
  const kept = repositoryOf(store, repository);
  if (bytes.length > LARGEST) throw new RegistryError('SIZE_INVALID', 'a manifest has 4 MiB at most');
  const body = read(bytes);
  const digest = digestOf(bytes);
  const isDigest = reference.startsWith('sha256:');
  if (isDigest && reference !== digest)
    throw new RegistryError('DIGEST_INVALID', `the manifest's digest is ${digest}, not ${reference}`);
  requireParts(kept, body);
  const unfit = store.unfit(labelsOf(store, kept, body));
  if (unfit !== undefined) throw new RegistryError('MANIFEST_INVALID', unfit);
  if (!isDigest && kept.immutable && (kept.tags.get(reference) ?? digest) !== digest)
    throw new RegistryError('TAG_INVALID', takenText(repository, reference));
  const mediaType = headers['content-type'] ?? String(body.mediaType ?? 'application/vnd.oci.image.manifest.v1+json');
  const manifest: KeptManifest = kept.manifests.get(digest) ?? { digest, mediaType, bytes, pushedAt: store.clock.now() };
  kept.manifests.set(digest, manifest);
  const isMoved = !isDigest && kept.tags.get(reference) !== digest;
  if (isMoved) kept.tags.set(reference, digest);
  if (isMoved) store.tagged(repository, reference, manifest);
  return {
    status: 201,
    headers: {
      location: `/v2/${repository}/manifests/${reference}`,
      'docker-content-digest': digest,
      ...(body.subject === undefined ? {} : { 'oci-subject': body.subject.digest }),
    },
  };
};
