import type { Action } from '../../service.ts';
import { checkWriteConditions } from '../conditions.ts';
import { bucketName, keyIn, onlyKnown, textOf } from '../input.ts';
import { checkVersionId } from '../lookup.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { currentOf, deleteKey } from '../versions.ts';

/** What is not there is deleted too, unless its ETag has to match (User Guide, "How to perform conditional deletes"). */
export const deleteObject: Action<S3Store> = (store, input) => {
  onlyKnown(input, ['IfMatch', 'Key', 'VersionId'], 'DeleteObject');
  const [bucket, key, wanted] = [bucketIn(store, bucketName(input)), keyIn(input), textOf(input, 'VersionId')];
  if (wanted !== undefined) checkVersionId(wanted);
  checkWriteConditions(input, key, currentOf(bucket, key));
  const { versionId, deleteMarker } = deleteKey(store, bucket, key, wanted);
  return { VersionId: versionId, ...(deleteMarker ? { DeleteMarker: true } : {}) };
};
