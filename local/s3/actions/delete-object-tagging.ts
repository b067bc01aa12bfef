import type { Action } from '../../service.ts';
import { bucketName, keyIn, onlyKnown, textOf } from '../input.ts';
import { objectIn } from '../lookup.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { changeObject, versionIdIn } from '../versions.ts';

export const deleteObjectTagging: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, ['Key', 'VersionId'], 'DeleteObjectTagging');
  const [bucket, key] = [bucketIn(store, bucketName(input)), keyIn(input)];
  const object = objectIn(store, context, { bucket, key, versionId: textOf(input, 'VersionId') });
  changeObject(bucket, key, object, { ...object, tags: [] });
  return { VersionId: versionIdIn(bucket, object) };
};
