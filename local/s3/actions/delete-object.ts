import type { Action } from '../../service.ts';
import { bucketName, keyIn, onlyKnown, textOf } from '../input.ts';
import { checkVersionId } from '../lookup.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { deleteKey } from '../versions.ts';

/** What is not there is deleted too. */
export const deleteObject: Action<S3Store> = (store, input) => {
  onlyKnown(input, ['Key', 'VersionId'], 'DeleteObject');
  const wanted = textOf(input, 'VersionId');
  if (wanted !== undefined) checkVersionId(wanted);
  const { versionId, deleteMarker } = deleteKey(store, bucketIn(store, bucketName(input)), keyIn(input), wanted);
  return { VersionId: versionId, ...(deleteMarker ? { DeleteMarker: true } : {}) };
};
