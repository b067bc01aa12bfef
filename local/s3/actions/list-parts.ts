import type { Action } from '../../service.ts';
import { ownerAnswer } from '../answers.ts';
import { checksumMember } from '../checksums.ts';
import { bucketName, keyIn, onlyKnown, quoted, seconds } from '../input.ts';
import { mostIn } from '../listing.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { uploadIn } from '../uploads.ts';

export const listParts: Action<S3Store> = (store, input) => {
  onlyKnown(input, ['Key', 'MaxParts', 'PartNumberMarker', 'UploadId'], 'ListParts');
  const bucket = bucketIn(store, bucketName(input));
  const { id, key, initiator, checksum, parts } = uploadIn(bucket, keyIn(input), input);
  const [marker, most] = [Number(input['PartNumberMarker'] ?? 0), mostIn(input, 'MaxParts', 'max-parts')];
  const after = [...parts].filter(([number]) => number > marker).sort(([one], [other]) => one - other);
  const page = after.slice(0, most);
  const isTruncated = page.length < after.length;
  return {
    ...{
      Bucket: bucket.name,
      Key: key,
      UploadId: id,
      PartNumberMarker: String(marker),
      MaxParts: most,
      IsTruncated: isTruncated,
    },
    ...(isTruncated ? { NextPartNumberMarker: String(page.at(-1)?.[0] ?? marker) } : {}),
    Parts: page.map(([number, part]) => ({
      ...{ PartNumber: number, LastModified: seconds(part.modifiedAt), ETag: quoted(part.etag), Size: part.segment.size },
      ...(part.checksum === undefined ? {} : { [checksumMember(part.checksum.algorithm)]: part.checksum.value }),
    })),
    ...{ Initiator: { ID: initiator, DisplayName: initiator }, Owner: ownerAnswer(bucket), StorageClass: 'STANDARD' },
    ...(checksum === undefined ? {} : { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
  };
};
