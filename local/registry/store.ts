import type { Clock } from '../clock.ts';
import { uuid } from '../wire/uuid.ts';
import { RegistryError } from './errors.ts';

/** A manifest as it was put: byte for byte. */
export interface KeptManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Milliseconds since the epoch. */
  readonly pushedAt: number;
}

export interface Repository {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Digests of the blobs that this repository may hand out; the bytes are kept once for all. */
  readonly blobs: Set<string>;
  readonly manifests: Map<string, KeptManifest>;
  /** Digests, by tag. */
  readonly tags: Map<string, string>;
  /** A tag that is taken stays with its image (Amazon ECR User Guide, "Image tag mutability"). */
  immutable: boolean;
  /** Digests of images in the archive storage class, which cannot be pulled. */
  readonly archived: Set<string>;
  /** Whether what is pushed is scanned (basic scanning). */
  scansOnPush: boolean;
  /** Who else may use it, as it was written (Amazon ECR User Guide, "Private repository policies"). */
  policy?: string;
}

/** Bytes by digest: in memory, or in files. */
export interface Blobs {
  has(digest: string): boolean;
  get(digest: string): Buffer | undefined;
  set(digest: string, bytes: Buffer): unknown;
}

/** An upload under way. */
export interface PendingUpload {
  readonly repository: string;
  readonly parts: Buffer[];
  size: number;
}

export interface RegistryStore {
  readonly clock: Pick<Clock, 'now'>;
  readonly newId: () => string;
  readonly repositories: Map<string, Repository>;
  readonly blobs: Blobs;
  readonly uploads: Map<string, PendingUpload>;
  /** Whether a layer of another repository may be mounted. */
  readonly mounting: { enabled: boolean };
  /** A manifest has been given a tag. */
  readonly tagged: (repository: string, tag: string, manifest: KeptManifest) => void;
  /** Why an image with these labels is not taken; `undefined`: it is. */
  readonly unfit: (labels: Readonly<Record<string, string>>) => string | undefined;
}

export interface RegistryStoreOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: () => number;
  /** Repositories are there before anything is pushed to them, as in Amazon ECR. */
  readonly repositories?: readonly string[];
  readonly blobs?: Blobs;
  /** Amazon ECR does not, until its account setting BLOB_MOUNTING says so. */
  readonly mounting?: boolean;
  readonly tagged?: RegistryStore['tagged'];
  readonly unfit?: RegistryStore['unfit'];
}

export const createRegistryStore = ({
  clock,
  random,
  repositories = [],
  blobs,
  mounting = true,
  tagged,
  unfit,
}: RegistryStoreOptions): RegistryStore => ({
  clock,
  newId: () => uuid(random),
  repositories: new Map(repositories.map((name) => [name, emptyRepository(name, clock.now())])),
  blobs: blobs ?? new Map(),
  uploads: new Map(),
  mounting: { enabled: mounting },
  tagged: tagged ?? (() => undefined),
  unfit: unfit ?? (() => undefined),
});

export const emptyRepository = (name: string, createdAt: number): Repository => ({
  name,
  createdAt,
  blobs: new Set(),
  manifests: new Map(),
  tags: new Map(),
  immutable: false,
  archived: new Set(),
  scansOnPush: false,
});

export const repositoryOf = (store: RegistryStore, name: string): Repository => {
  const found = store.repositories.get(name);
  if (found === undefined) throw new RegistryError('NAME_UNKNOWN', `the repository with name '${name}' does not exist`);
  return found;
};

/** By tag or digest. */
export const manifestOf = ({ name, manifests, tags }: Repository, reference: string): KeptManifest => {
  const found = manifests.get(tags.get(reference) ?? reference);
  if (found === undefined) throw new RegistryError('MANIFEST_UNKNOWN', `${name} has no manifest ${reference}`);
  return found;
};

export const uploadOf = (store: RegistryStore, repository: string, id: string): PendingUpload => {
  const found = store.uploads.get(id);
  if (found === undefined || found.repository !== repository)
    throw new RegistryError('BLOB_UPLOAD_UNKNOWN', `${repository} has no upload ${id}`);
  return found;
};
