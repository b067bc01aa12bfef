import type { Action } from '../../service.ts';
import { bucketName, onlyKnown, textOf } from '../input.ts';
import { encoderOf } from '../listing.ts';
import { listAnswer, objectPage } from '../object-lists.ts';
import { bucketIn, type S3Store } from '../store.ts';

/** The list's first version. NextMarker: "returned only if you have the delimiter request parameter specified". */
export const listObjects: Action<S3Store> = (store, input) => {
  onlyKnown(input, ['Delimiter', 'EncodingType', 'Marker', 'MaxKeys', 'Prefix'], 'ListObjects');
  const bucket = bucketIn(store, bucketName(input));
  const [marker = '', encode] = [textOf(input, 'Marker'), encoderOf(input)];
  const page = objectPage(bucket, input, marker);
  const last = page.entries.at(-1)?.name ?? '';
  return {
    ...listAnswer(bucket, input, page, { withOwner: true }),
    Marker: encode(marker),
    ...(page.isTruncated && input['Delimiter'] !== undefined ? { NextMarker: encode(last) } : {}),
  };
};
