import { createHash } from 'node:crypto';
import { DIGEST } from './image-reference.ts';
import { CopyRefusal } from './refusal.ts';

/** What a manifest points to (OCI image specification, "Content descriptors"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** What a referrer is (OCI distribution specification, "Listing Referrers"). */
  readonly artifactType?: string;
}

/** A manifest as a registry keeps it: byte for byte. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** What has to be there before a manifest may be put. */
export interface Parts {
  /** Of an index, or a list: the manifests of its platforms and what else it holds. */
  readonly manifests: readonly Descriptor[];
  /** Of an image: its config and its layers. */
  readonly blobs: readonly Descriptor[];
}

/** An index, or a list, of several platforms. */
export const INDEXES: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const IMAGES = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'];

/** Every kind that is copied; asked for in this order. */
export const ACCEPTED = [...INDEXES, ...IMAGES].join(', ');

/** Registries take manifests of at least 4 MiB, and often no larger ones (OCI distribution specification, "Pushing Manifests"). */
export const LARGEST_MANIFEST = 4 * 1024 * 1024;

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const parsed = ({ bytes, digest }: Manifest): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, as for anything else that is no object.
  }
  throw new CopyRefusal('manifest-invalid', `manifest ${digest} is no JSON object; push the image again`);
};

const descriptor = (value: unknown, of: Manifest): Descriptor => {
  const { mediaType, digest, size, artifactType } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || !DIGEST.test(digest) || typeof size !== 'number')
    throw new CopyRefusal(
      'manifest-invalid',
      `manifest ${of.digest} names a part without media type, sha256 digest or size; push the image again`,
    );
  return { mediaType, digest, size, ...(typeof artifactType === 'string' ? { artifactType } : {}) };
};

const list = (value: unknown, of: Manifest): readonly Descriptor[] =>
  Array.isArray(value) ? value.map((one) => descriptor(one, of)) : [];

/** Kept elsewhere, by address: a registry does not hand them out. */
const isForeign = ({ mediaType }: Descriptor): boolean => /foreign|nondistributable/.test(mediaType);

/** What the manifest consists of. Refuses what cannot be copied as it is. */
export const partsOf = (manifest: Manifest): Parts => {
  const body = parsed(manifest);
  if (body['schemaVersion'] === 1)
    throw new CopyRefusal(
      'manifest-schema-1',
      `manifest ${manifest.digest} is of Docker's schema 1, whose digest changes when it is copied; push the image with a current client`,
    );
  if (INDEXES.includes(manifest.mediaType)) {
    const manifests = list(body['manifests'], manifest);
    if (manifests.some(({ digest }) => digest === manifest.digest))
      throw new CopyRefusal('manifest-invalid', `index ${manifest.digest} lists itself; push the image again`);
    return { manifests, blobs: [] };
  }
  if (!IMAGES.includes(manifest.mediaType))
    throw new CopyRefusal(
      'manifest-unknown',
      `${manifest.digest} is of the kind "${manifest.mediaType}", and only images and indexes are copied`,
    );
  const blobs = [descriptor(body['config'], manifest), ...list(body['layers'], manifest)];
  const foreign = blobs.find(isForeign);
  if (foreign !== undefined)
    throw new CopyRefusal(
      'layer-foreign',
      `layer ${foreign.digest} of ${manifest.digest} is kept outside of registries; build the image without such layers`,
    );
  return { manifests: [], blobs };
};

interface Child {
  readonly digest?: unknown;
  readonly platform?: { readonly architecture?: unknown; readonly os?: unknown };
}

/** Buildx adds its attestations to an index, as images of the platform `unknown/unknown`: nothing runs those. */
const isPlatform = ({ platform }: Child): boolean => platform?.architecture !== 'unknown';

const childrenIn = (index: string): readonly Child[] => {
  const { manifests }: { readonly manifests?: unknown } = JSON.parse(index);
  if (!Array.isArray(manifests)) throw new Error('a manifest that is called an index lists no manifests');
  return (manifests as readonly Child[]).filter(isPlatform);
};

/** The digests of what an index has to run. */
export const platformsIn = (index: string): readonly string[] =>
  childrenIn(index).flatMap(({ digest }) => (typeof digest === 'string' ? [digest] : []));

/** What an index has to run on Linux, by architecture; of several variants the first. */
export const architecturesIn = (index: string): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  for (const { digest, platform } of childrenIn(index)) {
    const { architecture, os } = platform ?? {};
    if (os === 'linux' && typeof architecture === 'string' && typeof digest === 'string') found[architecture] ??= digest;
  }
  return found;
};
