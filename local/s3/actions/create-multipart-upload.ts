import type { Action } from '../../service.ts';
import { ENCRYPTED } from '../answers.ts';
import { checkKey, DESCRIPTION_MEMBERS, readDescription } from '../description.ts';
import { bucketName, keyIn, onlyKnown } from '../input.ts';
import { bucketIn, nowIn, type S3Store } from '../store.ts';
import { plannedChecksum } from '../uploads.ts';
import { newId } from '../versions.ts';

/** Begins an upload; what is said of the object is said now. */
export const createMultipartUpload: Action<S3Store> = (store, input, { caller }) => {
  onlyKnown(input, ['ChecksumAlgorithm', 'ChecksumType', 'Key', ...DESCRIPTION_MEMBERS], 'CreateMultipartUpload');
  const [bucket, key] = [bucketIn(store, bucketName(input)), keyIn(input)];
  checkKey(key);
  const checksum = plannedChecksum(input);
  const upload = {
    ...readDescription(input),
    ...{ id: newId(store, 64), key, startedAt: nowIn(store), initiator: caller.arn, checksum, parts: new Map() },
  };
  bucket.uploads.set(upload.id, upload);
  return {
    ...{ Bucket: bucket.name, Key: key, UploadId: upload.id },
    ...(checksum === undefined ? {} : { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
    ...ENCRYPTED,
  };
};
