import { AwsError } from '../errors.ts';
import { invalidArgument } from '../wire/rest-input.ts';
import { type ChecksumAlgorithm, checksumMember, checksumOf } from './checksums.ts';
import { invalidRequest, noSuchUpload } from './errors.ts';
import { type Input, numberOf, textOf } from './input.ts';
import type { Bucket, Checksum, Part, Upload } from './model.ts';
import { algorithmNamed, DEFAULT_ALGORITHM, givenAlgorithm } from './object-checksums.ts';

/** Parts of one upload (User Guide, "Amazon S3 multipart upload limits"). */
export const MOST_PARTS = 10_000;

/** The upload that a request names, for the key that it names. */
export const uploadIn = ({ uploads }: Bucket, key: string, input: Input): Upload => {
  const id = textOf(input, 'UploadId') ?? '';
  const found = uploads.get(id);
  if (found === undefined || found.key !== key) throw noSuchUpload(id);
  return found;
};

export const partNumberIn = (input: Input): number => {
  const number = numberOf(input, 'PartNumber') ?? 0;
  if (number < 1 || number > MOST_PARTS)
    throw invalidArgument('partNumber', String(number), `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`);
  return number;
};

/** Which kinds an algorithm has (User Guide, "Checking object integrity", full object and composite checksums); the first where none is named. */
const TYPES: Readonly<Record<ChecksumAlgorithm, readonly Checksum['type'][]>> = {
  CRC32: ['COMPOSITE', 'FULL_OBJECT'],
  CRC32C: ['COMPOSITE', 'FULL_OBJECT'],
  CRC64NVME: ['FULL_OBJECT'],
  SHA1: ['COMPOSITE'],
  SHA256: ['COMPOSITE'],
};

/** What an upload's checksum is to be. */
export const plannedChecksum = (input: Input): Upload['checksum'] => {
  const [named, type] = [textOf(input, 'ChecksumAlgorithm'), textOf(input, 'ChecksumType')];
  if (named === undefined) {
    if (type !== undefined)
      throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
    return undefined;
  }
  const algorithm = algorithmNamed(named);
  const [usual = 'FULL_OBJECT'] = TYPES[algorithm];
  const chosen = TYPES[algorithm].find((one) => one === (type ?? usual));
  if (chosen === undefined)
    throw invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`);
  return { algorithm, type: chosen };
};

/** Of a part: the upload's algorithm, or what came along where the upload names none. */
export const partChecksum = ({ checksum }: Upload, input: Input, body: Buffer): Checksum => {
  const given = givenAlgorithm(input);
  if (checksum !== undefined && given !== undefined && given !== checksum.algorithm)
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()}, actual checksum Type: ${given.toLowerCase()}`,
    );
  const algorithm = checksum?.algorithm ?? given ?? DEFAULT_ALGORITHM;
  return { algorithm, value: textOf(input, checksumMember(algorithm)) ?? checksumOf(algorithm, body), type: 'FULL_OBJECT' };
};

const invalidPart = (): AwsError =>
  new AwsError(
    'InvalidPart',
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  );

/** Bytes (User Guide, "Amazon S3 multipart upload limits"); the last part may have fewer. */
const LEAST_PART = 5 * 1024 * 1024;

/** The parts that the list names, in their order. */
export const partsNamed = (upload: Upload, listed: readonly Input[], unquote: (etag: string) => string): readonly Part[] => {
  const numbers = listed.map((part) => numberOf(part, 'PartNumber') ?? 0);
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0)))
    throw new AwsError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
    );
  const parts = listed.map((named) => {
    const part = upload.parts.get(numberOf(named, 'PartNumber') ?? 0);
    if (part === undefined || part.etag !== unquote(textOf(named, 'ETag') ?? '')) throw invalidPart();
    checkPart(part, named);
    return part;
  });
  const small = parts.slice(0, -1).find(({ segment }) => segment.size < LEAST_PART);
  if (small !== undefined)
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      details: { ProposedSize: small.segment.size, MinSizeAllowed: LEAST_PART, ETag: small.etag },
    });
  return parts;
};

const checkPart = ({ checksum }: Part, named: Input): void => {
  const given = givenAlgorithm(named);
  if (given === undefined) return;
  if (checksum === undefined || checksum.algorithm !== given || textOf(named, checksumMember(given)) !== checksum.value)
    throw invalidPart();
};
