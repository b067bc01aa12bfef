import type { Action } from '../../service.ts';
import { bucketName, onlyKnown, textOf } from '../input.ts';
import { encoderOf, readToken, tokenFor } from '../listing.ts';
import { listAnswer, objectPage } from '../object-lists.ts';
import { bucketIn, type S3Store } from '../store.ts';

const KNOWN = ['ContinuationToken', 'Delimiter', 'EncodingType', 'FetchOwner', 'MaxKeys', 'Prefix', 'StartAfter'];

export const listObjectsV2: Action<S3Store> = (store, input) => {
  onlyKnown(input, KNOWN, 'ListObjectsV2');
  const bucket = bucketIn(store, bucketName(input));
  const [token, startAfter] = [textOf(input, 'ContinuationToken'), textOf(input, 'StartAfter')];
  const after = token === undefined ? (startAfter ?? '') : readToken(token, 'continuation-token');
  const page = objectPage(bucket, input, after);
  const last = page.entries.at(-1)?.name ?? '';
  return {
    ...listAnswer(bucket, input, page, { withOwner: input['FetchOwner'] === true }),
    KeyCount: page.entries.length,
    ContinuationToken: token,
    ...(startAfter === undefined ? {} : { StartAfter: encoderOf(input)(startAfter) }),
    ...(page.isTruncated ? { NextContinuationToken: tokenFor(last) } : {}),
  };
};
