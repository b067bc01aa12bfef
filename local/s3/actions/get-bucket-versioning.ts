import type { Action } from '../../service.ts';
import { bucketName, onlyKnown } from '../input.ts';
import { bucketIn, type S3Store } from '../store.ts';

/** Of a bucket that never had it: nothing. */
export const getBucketVersioning: Action<S3Store> = (store, input) => {
  onlyKnown(input, [], 'GetBucketVersioning');
  return { Status: bucketIn(store, bucketName(input)).versioning };
};
