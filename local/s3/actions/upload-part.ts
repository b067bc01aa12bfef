import type { Action } from '../../service.ts';
import { ENCRYPTED, md5Of } from '../answers.ts';
import { checksumMember } from '../checksums.ts';
import { bodyIn, bucketName, keyIn, onlyKnown, quoted } from '../input.ts';
import { CHECKSUM_MEMBERS } from '../object-checksums.ts';
import { bucketIn, nowIn, type S3Store } from '../store.ts';
import { partChecksum, partNumberIn, uploadIn } from '../uploads.ts';

const KNOWN = ['Body', 'ContentLength', 'ContentMD5', 'Key', 'PartNumber', 'UploadId', ...CHECKSUM_MEMBERS];

/** A part of the same number takes the place of the one before. */
export const uploadPart: Action<S3Store> = (store, input) => {
  onlyKnown(input, KNOWN, 'UploadPart');
  const [bucket, body, number] = [bucketIn(store, bucketName(input)), bodyIn(input), partNumberIn(input)];
  const upload = uploadIn(bucket, keyIn(input), input);
  const checksum = partChecksum(upload, input, body);
  const etag = md5Of(body);
  upload.parts.set(number, { segment: store.bodies.keep(body), etag, modifiedAt: nowIn(store), checksum });
  return { ETag: quoted(etag), [checksumMember(checksum.algorithm)]: checksum.value, ...ENCRYPTED };
};
