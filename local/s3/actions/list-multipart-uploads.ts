import type { Action } from '../../service.ts';
import { ownerAnswer } from '../answers.ts';
import { bucketName, onlyKnown, seconds, textOf } from '../input.ts';
import { encoderOf, inOrder, mostIn } from '../listing.ts';
import { bucketIn, type S3Store } from '../store.ts';

/** By key, then by the time they were begun. */
export const listMultipartUploads: Action<S3Store> = (store, input) => {
  onlyKnown(input, ['EncodingType', 'KeyMarker', 'MaxUploads', 'Prefix', 'UploadIdMarker'], 'ListMultipartUploads');
  const bucket = bucketIn(store, bucketName(input));
  const [prefix = '', keyMarker = '', idMarker = ''] = ['Prefix', 'KeyMarker', 'UploadIdMarker'].map((name) =>
    textOf(input, name),
  );
  const [encode, most] = [encoderOf(input), mostIn(input, 'MaxUploads', 'max-uploads')];
  const all = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .sort((one, other) => inOrder(one.key, other.key) || one.startedAt - other.startedAt || inOrder(one.id, other.id));
  const reached = all.findIndex(({ key, id }) => key === keyMarker && id === idMarker);
  const after = reached >= 0 ? all.slice(reached + 1) : all.filter(({ key }) => inOrder(key, keyMarker) > 0);
  const page = after.slice(0, most);
  const last = page.at(-1);
  return {
    ...{ Bucket: bucket.name, KeyMarker: encode(keyMarker), UploadIdMarker: idMarker, MaxUploads: most },
    ...{ Prefix: encode(prefix), EncodingType: textOf(input, 'EncodingType'), IsTruncated: page.length < after.length },
    ...(last === undefined || page.length === after.length
      ? {}
      : { NextKeyMarker: encode(last.key), NextUploadIdMarker: last.id }),
    Uploads: page.map(({ id, key, startedAt, initiator, checksum }) => ({
      ...{ UploadId: id, Key: encode(key), Initiated: seconds(startedAt), StorageClass: 'STANDARD' },
      ...{ Owner: ownerAnswer(bucket), Initiator: { ID: initiator, DisplayName: initiator } },
      ...(checksum === undefined ? {} : { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
    })),
  };
};
