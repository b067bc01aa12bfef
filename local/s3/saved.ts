import { isSame } from '../place.ts';
import type { Bucket, Version } from './model.ts';
import type { Buckets, S3Store } from './store.ts';

/** What is kept of S3 beside its objects, which are kept one by one, and their bodies, which are files. */
export interface SavedS3 {
  readonly buckets: readonly Omit<Bucket, 'objects' | 'written'>[];
}

/** The buckets that are in the store's own place. */
export const bucketsHere = ({ buckets, place }: S3Store): readonly Bucket[] =>
  [...buckets.values()].filter((bucket) => isSame(bucket.place, place));

export const saveS3 = (store: S3Store): SavedS3 => ({
  buckets: bucketsHere(store).map(({ name, place, createdAt, versioning, policy, uploads }) => ({
    ...{ name, place, createdAt, versioning, policy, uploads },
  })),
});

/** Objects of a bucket as JSON, by key; `undefined`: none are kept. */
type ObjectsOf = (bucket: string) => ReadonlyMap<string, string> | undefined;

/** What was made by then gives way, bucket by bucket. */
export const loadS3 = (store: S3Store, { buckets }: SavedS3, objectsOf: ObjectsOf): void => {
  for (const bucket of buckets) {
    const objects = [...(objectsOf(bucket.name) ?? [])].map(
      ([key, text]) => [key, JSON.parse(text) as readonly Version[]] as const,
    );
    store.buckets.set(bucket.name, { ...bucket, objects: new Map(objects), written: undefined });
  }
};

/** The digests of all bodies that an object or a part refers to. */
export const digestsIn = (buckets: Buckets): ReadonlySet<string> => {
  const used = new Set<string>();
  for (const { objects, uploads } of buckets.values()) {
    for (const version of [...objects.values()].flat())
      if (version.kind === 'object') for (const { digest } of version.segments) used.add(digest);
    for (const { parts } of uploads.values()) for (const { segment } of parts.values()) used.add(segment.digest);
  }
  return used;
};
