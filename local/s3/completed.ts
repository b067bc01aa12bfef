import { createHash } from 'node:crypto';
import type { Bodies } from './bodies.ts';
import { checksumMember, checksumOf, runningChecksum } from './checksums.ts';
import { badDigest } from './errors.ts';
import { type Input, textOf } from './input.ts';
import type { Checksum, Part, Upload } from './model.ts';
import { DEFAULT_ALGORITHM } from './object-checksums.ts';

/** The MD5 of the parts' MD5s, and their number (User Guide, "Checking object integrity": ETags of multipart uploads). */
export const completedEtag = (parts: readonly Part[]): string => {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(Buffer.from(etag, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
};

/** COMPOSITE: the checksum of the parts' checksums, and their number; FULL_OBJECT: of all bytes. */
export const completedChecksum = ({ checksum }: Upload, parts: readonly Part[], bodies: Bodies): Checksum => {
  const { algorithm, type } = checksum ?? { algorithm: DEFAULT_ALGORITHM, type: 'FULL_OBJECT' };
  if (type === 'COMPOSITE') {
    const values = parts.map((part) => Buffer.from(part.checksum?.value ?? '', 'base64'));
    return { algorithm, type, value: `${checksumOf(algorithm, Buffer.concat(values))}-${parts.length}` };
  }
  const running = runningChecksum(algorithm);
  for (const { segment } of parts) running.update(bodies.read(segment, 0, segment.size));
  return { algorithm, type, value: running.value() };
};

/** What the client says the whole has to be. */
export const checkCompleted = (input: Input, { algorithm, value }: Checksum): void => {
  const given = textOf(input, checksumMember(algorithm));
  if (given !== undefined && given.replace(/-\d+$/, '') !== value.replace(/-\d+$/, '')) throw badDigest(algorithm);
};
