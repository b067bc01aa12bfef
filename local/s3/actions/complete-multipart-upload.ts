import { AwsError } from '../../errors.ts';
import type { Action } from '../../service.ts';
import { malformedXml } from '../../wire/xml.ts';
import { writtenAnswer } from '../answers.ts';
import { checkCompleted, completedChecksum, completedEtag } from '../completed.ts';
import { checkWriteConditions, WRITE_CONDITIONS } from '../conditions.ts';
import { invalidRequest } from '../errors.ts';
import { bucketName, type Input, keyIn, numberOf, onlyKnown, textOf, unquoted } from '../input.ts';
import { CHECKSUM_MEMBERS } from '../object-checksums.ts';
import { bucketIn, type S3Store } from '../store.ts';
import { partsNamed, uploadIn } from '../uploads.ts';
import { addObject, currentOf } from '../versions.ts';

const KNOWN = [
  ...['ChecksumType', 'Key', 'MpuObjectSize', 'MultipartUpload', 'UploadId'],
  ...[...CHECKSUM_MEMBERS, ...WRITE_CONDITIONS],
];

/** The parts that are named become the object, in the order of their numbers; the others are gone. */
export const completeMultipartUpload: Action<S3Store> = (store, input, { endpoint }) => {
  onlyKnown(input, KNOWN, 'CompleteMultipartUpload');
  const [bucket, key] = [bucketIn(store, bucketName(input)), keyIn(input)];
  const upload = uploadIn(bucket, key, input);
  const listed = ((input['MultipartUpload'] as Input | undefined)?.['Parts'] ?? []) as readonly Input[];
  if (listed.length === 0) throw malformedXml();
  const parts = partsNamed(upload, listed, unquoted);
  const size = parts.reduce((sum, { segment }) => sum + segment.size, 0);
  checkPromises(input, upload.checksum?.type, size);
  checkWriteConditions(input, key, currentOf(bucket, key));
  const checksum = completedChecksum(upload, parts, store.bodies);
  checkCompleted(input, checksum);
  const { system, metadata, tags } = upload;
  const version = addObject(store, bucket, key, {
    ...{ system, metadata, tags, size, checksum },
    ...{ etag: completedEtag(parts), segments: parts.map(({ segment }) => segment), partsCount: parts.length },
  });
  bucket.uploads.delete(upload.id);
  const Location = `${endpoint}/${bucket.name}/${key.split('/').map(encodeURIComponent).join('/')}`;
  return { Location, Bucket: bucket.name, Key: key, ...writtenAnswer(bucket, version) };
};

const checkPromises = (input: Input, type: string | undefined, size: number): void => {
  const [wanted, promised] = [textOf(input, 'ChecksumType'), numberOf(input, 'MpuObjectSize')];
  if (wanted !== undefined && wanted !== (type ?? 'FULL_OBJECT'))
    throw invalidRequest('The upload was created using a different checksum type than the one that is given to complete it.');
  if (promised !== undefined && promised !== size)
    throw new AwsError(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${promised} does not match what was computed: ${size}`,
    );
};
