import { createHash } from 'node:crypto';
import { quoted } from './input.ts';
import type { Bucket, ObjectVersion } from './model.ts';
import { checksumAnswer } from './object-checksums.ts';
import { versionIdIn } from './versions.ts';

/** Everything is encrypted with S3's own keys. */
export const ENCRYPTED = { ServerSideEncryption: 'AES256' } as const;

/** As an answer to what wrote a version. */
export const writtenAnswer = (bucket: Bucket, version: ObjectVersion) => ({
  ETag: quoted(version.etag),
  VersionId: versionIdIn(bucket, version),
  ...checksumAnswer(version.checksum),
  ...ENCRYPTED,
});

/** An account's canonical user id: 64 hexadecimal digits (User Guide, "Finding an AWS account canonical user ID"). */
export const canonicalId = (account: string): string => createHash('sha256').update(`canonical ${account}`).digest('hex');

export const ownerAnswer = ({ place }: Pick<Bucket, 'place'>) => ({ ID: canonicalId(place.account) });

export const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');
