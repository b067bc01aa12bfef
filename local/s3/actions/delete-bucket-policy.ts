import type { Action } from '../../service.ts';
import { bucketName, onlyKnown } from '../input.ts';
import { demandOwner } from '../policies.ts';
import { bucketIn, type S3Store } from '../store.ts';

/** Also where there is none. */
export const deleteBucketPolicy: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, [], 'DeleteBucketPolicy');
  const bucket = bucketIn(store, bucketName(input));
  demandOwner(bucket, context);
  bucket.policy = undefined;
  return undefined;
};
