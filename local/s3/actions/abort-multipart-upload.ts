import type { Action } from '../../service.ts';
import { bucketName, keyIn, onlyKnown } from '../input.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { uploadIn } from '../uploads.ts';

export const abortMultipartUpload: Action<S3Store> = (store, input) => {
  onlyKnown(input, ['Key', 'UploadId'], 'AbortMultipartUpload');
  const bucket = bucketIn(store, bucketName(input));
  bucket.uploads.delete(uploadIn(bucket, keyIn(input), input).id);
  return undefined;
};
