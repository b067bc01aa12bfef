import type { Action } from '../../service.ts';
import { bucketName, onlyKnown } from '../input.ts';
import { bucketArn } from '../model.ts';
import { bucketIn, type S3Store } from '../store.ts';

export const headBucket: Action<S3Store> = (store, input) => {
  onlyKnown(input, [], 'HeadBucket');
  const { name, place } = bucketIn(store, bucketName(input));
  return { BucketArn: bucketArn(name), BucketRegion: place.region, AccessPointAlias: false };
};
