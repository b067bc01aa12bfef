import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { bucketName, onlyKnown } from '../input.ts';
import { bucketIn, type S3Store } from '../store.ts';

/** "All objects (including all object versions and delete markers) in the bucket must be deleted" (API reference); uploads too. */
export const deleteBucket: Action<S3Store> = (store, input) => {
  onlyKnown(input, [], 'DeleteBucket');
  const { name, objects, uploads } = bucketIn(store, bucketName(input));
  if (objects.size > 0 || uploads.size > 0)
    throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', {
      status: 409,
      details: { BucketName: name },
    });
  store.buckets.delete(name);
  return undefined;
};
