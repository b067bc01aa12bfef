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
  /** Digests of the blobs that this repository may hand out; the bytes are kept once for all. */
  readonly blobs: Set<string>;
  readonly manifests: Map<string, KeptManifest>;
  /** Digests, by tag. */
  readonly tags: Map<string, string>;
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
  /** By digest. */
  readonly blobs: Map<string, Buffer>;
  readonly uploads: Map<string, PendingUpload>;
  /** A manifest has been given a tag. */
  readonly tagged: (repository: string, tag: string, manifest: KeptManifest) => void;
}

export interface RegistryStoreOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: () => number;
  /** Repositories are there before anything is pushed to them, as in Amazon ECR. */
  readonly repositories: readonly string[];
  readonly tagged?: RegistryStore['tagged'];
}

export const createRegistryStore = ({ clock, random, repositories, tagged }: RegistryStoreOptions): RegistryStore => ({
  clock,
  newId: () => uuid(random),
  repositories: new Map(repositories.map((name) => [name, { name, blobs: new Set(), manifests: new Map(), tags: new Map() }])),
  blobs: new Map(),
  uploads: new Map(),
  tagged: tagged ?? (() => undefined),
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
