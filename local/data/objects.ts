import type { Bucket, Version } from '../s3/model.ts';
import { bucketsHere } from '../s3/saved.ts';
import type { S3Store } from '../s3/store.ts';
import type { Frame, Kept } from './journal.ts';

/** How the objects of a bucket are called in the journal; no table's name has a slash. */
export const objectsName = (bucket: string): string => `s3/${bucket}`;

/** What has been written to the buckets of one place since the last time; `prefix` begins their names in the journal. */
export const objectsOf = (kept: Kept, prefix: string, store: S3Store): (() => Frame['items']) => {
  const written: [string, string, string | undefined][] = [];

  /** From now on; and what was written before is told once, as far as the journal does not have it. */
  const listen = (bucket: Bucket): void => {
    const name = prefix + objectsName(bucket.name);
    const tell = (key: string, versions: readonly Version[] | undefined): void => {
      written.push([name, key, versions === undefined ? undefined : JSON.stringify(versions)]);
    };
    bucket.written = tell;
    const known = kept.tables.get(name);
    for (const key of known?.keys() ?? []) if (!bucket.objects.has(key)) tell(key, undefined);
    for (const [key, versions] of bucket.objects) if (known?.get(key) !== JSON.stringify(versions)) tell(key, versions);
  };

  return () => {
    for (const bucket of bucketsHere(store)) if (bucket.written === undefined) listen(bucket);
    return written.splice(0);
  };
};
