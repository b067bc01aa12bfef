import { AwsError } from '../errors.ts';
import { keyTooLong, metadataTooLarge, notImplemented } from './errors.ts';
import { type Input, textOf } from './input.ts';
import { type Description, SYSTEM_METADATA, type SystemMetadata } from './model.ts';
import { readTags } from './tags.ts';

/** Members that describe what is written: by PutObject, CopyObject and CreateMultipartUpload alike. */
export const DESCRIPTION_MEMBERS: readonly string[] = [
  ...SYSTEM_METADATA,
  'ACL',
  'BucketKeyEnabled',
  'Metadata',
  'ServerSideEncryption',
  'StorageClass',
  'Tagging',
];

/** Bytes (User Guide, "Creating object key names"). */
const LONGEST_KEY = 1024;

/** Bytes of names and values together (User Guide, "User-defined object metadata"). */
const MOST_METADATA = 2048;

/** The type of what came without one (API reference, PutObject: Content-Type). */
const UNKNOWN_TYPE = 'binary/octet-stream';

export const checkKey = (key: string): void => {
  const size = Buffer.byteLength(key);
  if (size > LONGEST_KEY) throw keyTooLong(size, LONGEST_KEY);
};

export const systemMetadata = (input: Input): SystemMetadata => ({
  ContentType: UNKNOWN_TYPE,
  ...Object.fromEntries(
    SYSTEM_METADATA.flatMap((member) => (textOf(input, member) === undefined ? [] : [[member, textOf(input, member)]])),
  ),
});

export const userMetadata = (input: Input): Readonly<Record<string, string>> => {
  const metadata = (input['Metadata'] ?? {}) as Readonly<Record<string, string>>;
  const size = Object.entries(metadata).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0);
  if (size > MOST_METADATA) throw metadataTooLarge(size, MOST_METADATA);
  return metadata;
};

/** What is written, beside its bytes. Refuses what the local cloud would have to ignore. */
export const readDescription = (input: Input): Description => {
  checkAcl(input['ACL']);
  checkStorage(input);
  return { system: systemMetadata(input), metadata: userMetadata(input), tags: readTags(input) };
};

/** Buckets have their owner enforced, and take no other access control list (User Guide, "Controlling ownership of objects"). */
export const checkAcl = (acl: unknown): void => {
  if (acl === undefined || acl === 'bucket-owner-full-control') return;
  throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
};

/** Everything is STANDARD and, since January 2023, encrypted with S3's keys (User Guide, "Setting default server-side encryption"). */
export const checkStorage = (input: Input): void => {
  const { StorageClass: storage = 'STANDARD', ServerSideEncryption: encryption = 'AES256' } = input;
  if (storage !== 'STANDARD') throw notImplemented(`the storage class ${storage}`, { Header: 'x-amz-storage-class' });
  if (encryption !== 'AES256')
    throw notImplemented(`the server-side encryption ${encryption}`, { Header: 'x-amz-server-side-encryption' });
  if (input['BucketKeyEnabled'] === true)
    throw notImplemented('bucket keys', { Header: 'x-amz-server-side-encryption-bucket-key-enabled' });
};
