import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { bucketName, onlyKnown } from '../input.ts';
import { demandOwner } from '../policies.ts';
import { bucketIn, type S3Store } from '../store.ts';

export const getBucketPolicy: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, [], 'GetBucketPolicy');
  const bucket = bucketIn(store, bucketName(input));
  demandOwner(bucket, context);
  if (bucket.policy === undefined)
    throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', {
      status: 404,
      details: { BucketName: bucket.name },
    });
  return { Policy: bucket.policy };
};
