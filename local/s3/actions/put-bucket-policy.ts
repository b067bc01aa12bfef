import type { Action } from '../../service.ts';
import { bucketName, onlyKnown, textOf } from '../input.ts';
import { checkPolicy, demandOwner } from '../policies.ts';
import { bucketIn, type S3Store } from '../store.ts';

export const putBucketPolicy: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, ['ChecksumAlgorithm', 'ContentMD5', 'Policy'], 'PutBucketPolicy');
  const bucket = bucketIn(store, bucketName(input));
  const text = textOf(input, 'Policy') ?? '';
  demandOwner(bucket, context);
  checkPolicy(bucket, text);
  bucket.policy = text;
  return undefined;
};
