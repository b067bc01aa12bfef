import type { Action } from '../../service.ts';
import { bucketName, onlyKnown } from '../input.ts';
import { bucketIn, type S3Store } from '../store.ts';

/** "Buckets in Region us-east-1 have a LocationConstraint of null" (API reference, GetBucketLocation). */
export const getBucketLocation: Action<S3Store> = (store, input) => {
  onlyKnown(input, [], 'GetBucketLocation');
  const { region } = bucketIn(store, bucketName(input)).place;
  return { LocationConstraint: region === 'us-east-1' ? undefined : region };
};
