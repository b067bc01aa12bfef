import type { Action } from '../../service.ts';
import { bucketName, keyIn, onlyKnown, textOf } from '../input.ts';
import { objectIn } from '../lookup.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { versionIdIn } from '../versions.ts';

export const getObjectTagging: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, ['Key', 'VersionId'], 'GetObjectTagging');
  const bucket = bucketIn(store, bucketName(input));
  const object = objectIn(store, context, { bucket, key: keyIn(input), versionId: textOf(input, 'VersionId') });
  return { VersionId: versionIdIn(bucket, object), TagSet: object.tags.map(([Key, Value]) => ({ Key, Value })) };
};
