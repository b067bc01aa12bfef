import type { Basics } from '../ports.ts';
import type { Bucket, DeleteMarker, ObjectVersion, Version } from './model.ts';
import { nowIn, type S3Store } from './store.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._';

/** The id of what is written without versioning. */
export const NULL_VERSION = 'null';

/** Opaque, URL-ready, at most 1,024 bytes (User Guide, "Version IDs"). */
export const newId = ({ random }: Pick<Basics, 'random'>, length = 32): string =>
  Array.from({ length }, () => LETTERS.charAt(Math.floor(random() * LETTERS.length))).join('');

export const versionsOf = ({ objects }: Bucket, key: string): readonly Version[] => objects.get(key) ?? [];

/** The newest; `undefined`: there is none, or it is deleted. */
export const currentOf = (bucket: Bucket, key: string): ObjectVersion | undefined => {
  const [newest] = versionsOf(bucket, key);
  return newest?.kind === 'object' ? newest : undefined;
};

/** Everything that changes an object comes by here. */
export const setVersions = (store: S3Store, bucket: Bucket, key: string, versions: readonly Version[]): void => {
  const isGone = versions.length === 0;
  if (isGone) bucket.objects.delete(key);
  else bucket.objects.set(key, versions);
  for (const listener of store.listeners) listener(bucket, key, isGone ? undefined : versions);
};

const withoutNull = (versions: readonly Version[]): readonly Version[] =>
  versions.filter(({ versionId }) => versionId !== NULL_VERSION);

/** Where versions are not kept, what is written takes the place of the null version (User Guide, "Working with objects in a versioning-suspended bucket"). */
const add = <V extends Version>(store: S3Store, bucket: Bucket, key: string, content: Omit<V, 'versionId' | 'modifiedAt'>): V => {
  const keeps = bucket.versioning === 'Enabled';
  const version = {
    ...content,
    versionId: keeps ? newId(store) : NULL_VERSION,
    modifiedAt: nowIn(store),
  } as V;
  const others = versionsOf(bucket, key);
  setVersions(store, bucket, key, [version, ...(keeps ? others : withoutNull(others))]);
  return version;
};

export const addObject = (
  store: S3Store,
  bucket: Bucket,
  key: string,
  content: Omit<ObjectVersion, 'kind' | 'versionId' | 'modifiedAt'>,
): ObjectVersion => add<ObjectVersion>(store, bucket, key, { ...content, kind: 'object' });

/** What a deletion did: the version that is gone, or the marker that was put on top. */
export interface Deleted {
  readonly versionId: string | undefined;
  readonly deleteMarker: boolean;
}

/** User Guide, "Deleting object versions from a versioning-enabled bucket". */
export const deleteKey = (store: S3Store, bucket: Bucket, key: string, versionId: string | undefined): Deleted => {
  if (versionId !== undefined) return deleteVersion(store, bucket, key, versionId);
  if (bucket.versioning !== undefined) {
    const marker = add<DeleteMarker>(store, bucket, key, { kind: 'marker' });
    return { versionId: marker.versionId, deleteMarker: true };
  }
  if (versionsOf(bucket, key).length > 0) setVersions(store, bucket, key, []);
  return { versionId: undefined, deleteMarker: false };
};

const deleteVersion = (store: S3Store, bucket: Bucket, key: string, versionId: string): Deleted => {
  const versions = versionsOf(bucket, key);
  const gone = versions.find((version) => version.versionId === versionId);
  if (gone !== undefined)
    setVersions(
      store,
      bucket,
      key,
      versions.filter((version) => version !== gone),
    );
  return { versionId, deleteMarker: gone?.kind === 'marker' };
};

/** What an answer says of a version: nothing in a bucket that never kept any. */
export const versionIdIn = ({ versioning }: Bucket, { versionId }: { readonly versionId: string }): string | undefined =>
  versioning === undefined ? undefined : versionId;

/** A version as it is from now on; it stays where it is. */
export const changeObject = (store: S3Store, bucket: Bucket, key: string, before: ObjectVersion, after: ObjectVersion): void =>
  setVersions(
    store,
    bucket,
    key,
    versionsOf(bucket, key).map((version) => (version === before ? after : version)),
  );
