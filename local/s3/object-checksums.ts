import { AwsError } from '../errors.ts';
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, checksumMember, checksumOf } from './checksums.ts';
import { notImplemented } from './errors.ts';
import { type Input, textOf } from './input.ts';
import type { Checksum } from './model.ts';

/** What S3 computes where nobody says another (User Guide, "Checking object integrity"). */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = 'CRC64NVME';

export const CHECKSUM_MEMBERS: readonly string[] = ['ChecksumAlgorithm', ...CHECKSUM_ALGORITHMS.map(checksumMember)];

/** The algorithm that is named; throws for one that S3 or the local cloud has not. */
export const algorithmNamed = (name: string): ChecksumAlgorithm => {
  const found = CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name.toUpperCase());
  if (found !== undefined) return found;
  if (/^(?:MD5|SHA512|XXHASH(?:64|3|128))$/i.test(name)) throw notImplemented(`the checksum algorithm ${name}`);
  throw new AwsError(
    'InvalidRequest',
    'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  );
};

/** The algorithm of which a value came along. */
export const givenAlgorithm = (input: Input): ChecksumAlgorithm | undefined =>
  CHECKSUM_ALGORITHMS.find((algorithm) => textOf(input, checksumMember(algorithm)) !== undefined);

/** An algorithm that is named without a value of it, as a header or a trailer, is refused with 400 (API reference, PutObject). */
const checkNamed = (name: string): void => {
  algorithmNamed(name);
  throw new AwsError(
    'InvalidRequest',
    'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
  );
};

/** What is kept with a body; that it is the body's has been looked at by then. */
export const checksumFor = (input: Input, body: Buffer): Checksum => {
  const given = givenAlgorithm(input);
  const named = textOf(input, 'ChecksumAlgorithm');
  if (given === undefined && named !== undefined) checkNamed(named);
  const algorithm = given ?? DEFAULT_ALGORITHM;
  return { algorithm, value: textOf(input, checksumMember(algorithm)) ?? checksumOf(algorithm, body), type: 'FULL_OBJECT' };
};

/** As answers carry it. */
export const checksumAnswer = ({ algorithm, value, type }: Checksum) => ({
  [checksumMember(algorithm)]: value,
  ChecksumType: type,
});
