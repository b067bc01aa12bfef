import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { ENCRYPTED, md5Of } from '../answers.ts';
import { readSegments } from '../bodies.ts';
import { checksumMember } from '../checksums.ts';
import { checkSourceConditions, SOURCE_CONDITIONS } from '../conditions.ts';
import { readCopySource } from '../copy-source.ts';
import { bucketName, keyIn, onlyKnown, quoted, seconds, textOf } from '../input.ts';
import { objectIn } from '../lookup.ts';
import { bucketIn, nowIn, type S3Store } from '../store.ts';
import { partChecksum, partNumberIn, uploadIn } from '../uploads.ts';
import { versionIdIn } from '../versions.ts';

const KNOWN = ['CopySource', 'CopySourceRange', 'Key', 'PartNumber', 'UploadId', ...SOURCE_CONDITIONS];

/** `bytes=first-last`, both there, within the source (API reference, UploadPartCopy: x-amz-copy-source-range). */
const rangeIn = (text: string | undefined, size: number): readonly [from: number, to: number] => {
  if (text === undefined) return [0, size];
  const [whole, first, last] = /^bytes=(\d+)-(\d+)$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last) + 1];
  if (whole === undefined || to <= from)
    throw new AwsError(
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    );
  if (to > size) throw new AwsError('InvalidArgument', `Range specified is not valid for source object of size: ${size}`);
  return [from, to];
};

/** A part that is taken from an object. */
export const uploadPartCopy: Action<S3Store> = (store, input, context) => {
  onlyKnown(input, KNOWN, 'UploadPartCopy');
  const [bucket, number] = [bucketIn(store, bucketName(input)), partNumberIn(input)];
  const upload = uploadIn(bucket, keyIn(input), input);
  const named = readCopySource(textOf(input, 'CopySource') ?? '');
  const from = { bucket: bucketIn(store, named.bucket), key: named.key, versionId: named.versionId };
  const source = objectIn(store, context, from);
  checkSourceConditions(input, source);
  const body = readSegments(store.bodies, source.segments, ...rangeIn(textOf(input, 'CopySourceRange'), source.size));
  const [etag, modifiedAt, checksum] = [md5Of(body), nowIn(store), partChecksum(upload, {}, body)];
  upload.parts.set(number, { segment: store.bodies.keep(body), etag, modifiedAt, checksum });
  return {
    CopyPartResult: {
      ETag: quoted(etag),
      LastModified: seconds(modifiedAt),
      [checksumMember(checksum.algorithm)]: checksum.value,
    },
    CopySourceVersionId: versionIdIn(from.bucket, source),
    ...ENCRYPTED,
  };
};
