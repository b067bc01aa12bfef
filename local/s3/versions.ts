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
const setVersions = (bucket: Bucket, key: string, versions: readonly Version[]): void => {
  const isGone = versions.length === 0;
  if (isGone) bucket.objects.delete(key);
  else bucket.objects.set(key, versions);
  bucket.written?.(key, isGone ? undefined : versions);
};

/** What each new version has; where versions are not kept it is the null version. */
const stamp = (store: S3Store, { versioning }: Bucket): Pick<Version, 'versionId' | 'modifiedAt'> => ({
  versionId: versioning === 'Enabled' ? newId(store) : NULL_VERSION,
  modifiedAt: nowIn(store),
});

/** The null version gives way to another one (User Guide, "Working with objects in a versioning-suspended bucket"). */
const putOnTop = (bucket: Bucket, key: string, version: Version): void => {
  const isNull = version.versionId === NULL_VERSION;
  const others = versionsOf(bucket, key).filter(({ versionId }) => !(isNull && versionId === NULL_VERSION));
  setVersions(bucket, key, [version, ...others]);
};

export const addObject = (
  store: S3Store,
  bucket: Bucket,
  key: string,
  content: Omit<ObjectVersion, 'kind' | 'versionId' | 'modifiedAt'>,
): ObjectVersion => {
  const version: ObjectVersion = { ...content, ...stamp(store, bucket), kind: 'object' };
  putOnTop(bucket, key, version);
  return version;
};

/** What a deletion did: the version that is gone, or the marker that was put on top. */
export interface Deleted {
  readonly versionId: string | undefined;
  readonly deleteMarker: boolean;
}

/** User Guide, "Deleting object versions from a versioning-enabled bucket". */
export const deleteKey = (store: S3Store, bucket: Bucket, key: string, versionId: string | undefined): Deleted => {
  if (versionId !== undefined) return deleteVersion(bucket, key, versionId);
  if (bucket.versioning !== undefined) {
    const marker: DeleteMarker = { ...stamp(store, bucket), kind: 'marker' };
    putOnTop(bucket, key, marker);
    return { versionId: marker.versionId, deleteMarker: true };
  }
  if (versionsOf(bucket, key).length > 0) setVersions(bucket, key, []);
  return { versionId: undefined, deleteMarker: false };
};

const deleteVersion = (bucket: Bucket, key: string, versionId: string): Deleted => {
  const versions = versionsOf(bucket, key);
  const gone = versions.find((version) => version.versionId === versionId);
  if (gone !== undefined)
    setVersions(
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
export const changeObject = (bucket: Bucket, key: string, before: ObjectVersion, after: ObjectVersion): void =>
  setVersions(
    bucket,
    key,
    versionsOf(bucket, key).map((version) => (version === before ? after : version)),
  );
