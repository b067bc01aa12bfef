import { readCopySource } from '../../s3/copy-source.ts';
import { bucketArn, objectArn } from '../../s3/model.ts';
import { tagsIn } from '../../s3/tags.ts';
import type { Need } from '../policy.ts';
import { type Input, type NeedsOf, need, textOf } from './need.ts';

type Keys = NonNullable<Need['keys']>;

/** Members of a request that are condition keys (Service Authorization Reference, "Amazon S3", condition keys). */
const KEYS: Readonly<Record<string, string>> = {
  ACL: 's3:x-amz-acl',
  CopySource: 's3:x-amz-copy-source',
  Delimiter: 's3:delimiter',
  IfMatch: 's3:if-match',
  IfNoneMatch: 's3:if-none-match',
  MaxKeys: 's3:max-keys',
  MetadataDirective: 's3:x-amz-metadata-directive',
  Prefix: 's3:prefix',
  ServerSideEncryption: 's3:x-amz-server-side-encryption',
  StorageClass: 's3:x-amz-storage-class',
  VersionId: 's3:VersionId',
};

const KNOWN_KEYS = new Set([...Object.values(KEYS), 's3:RequestObjectTagKeys'].map((key) => key.toLowerCase()));

/** Whether requests have this condition key of S3 here; another one, such as s3:ExistingObjectTag, would never be fulfilled. */
export const isKnownKey = (key: string): boolean =>
  KNOWN_KEYS.has(key.toLowerCase()) || key.toLowerCase().startsWith('s3:requestobjecttag/');

const keysOf = (input: Input): Keys =>
  Object.fromEntries(
    Object.entries(KEYS).flatMap(([member, key]) => (input[member] === undefined ? [] : [[key, String(input[member])]])),
  );

/** The tags that a request brings. */
const tagKeysOf = (input: Input): Keys => {
  const tags = tagsIn(input);
  return {
    ...Object.fromEntries(tags.map(([key, value]) => [`s3:RequestObjectTag/${key}`, value])),
    ...(tags.length === 0 ? {} : { 's3:RequestObjectTagKeys': tags.map(([key]) => key) }),
  };
};

const onBucket = (action: string) => (input: Input) => [
  need(`s3:${action}`, bucketArn(textOf(input, 'Bucket') || '*'), keysOf(input)),
];

const object = (input: Input): string => objectArn(textOf(input, 'Bucket') || '*', textOf(input, 'Key') || '*');

const onObject = (action: string) => (input: Input) => [need(`s3:${action}`, object(input), keysOf(input))];

/** A version that is named is a permission of its own: `s3:GetObjectVersion`. */
const onVersion = (action: string) => (input: Input) => {
  const [plain = '', tagging = ''] = action.split('|');
  const name = input['VersionId'] === undefined ? `${plain}${tagging}` : `${plain}Version${tagging}`;
  return [need(`s3:${name}`, object(input), keysOf(input))];
};

/** An ETag that has to match is read (User Guide, "How to prevent object overwrites with conditional writes", and "… conditional deletes"). */
const reading = (input: Input): readonly Need[] => {
  const match = input['IfMatch'];
  return match === undefined || match === '*' ? [] : [need('s3:GetObject', object(input), keysOf(input))];
};

/** Whoever brings tags has to be allowed to tag. */
const put = (input: Input): readonly Need[] => {
  const keys = { ...keysOf(input), ...tagKeysOf(input) };
  return [
    need('s3:PutObject', object(input), keys),
    ...reading(input),
    ...(tagsIn(input).length === 0 ? [] : [need('s3:PutObjectTagging', object(input), keys)]),
  ];
};

/** API reference, CopyObject, "Permissions": read the source, write the destination. */
const copy = (input: Input): readonly Need[] => {
  const source = readCopySource(textOf(input, 'CopySource'));
  const read = source.versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const keys: Keys = source.versionId === undefined ? {} : { 's3:VersionId': source.versionId };
  return [need(read, objectArn(source.bucket, source.key), keys), ...put(input)];
};

/**
 * Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3"; which permission an operation of the API needs:
 * User Guide, "Required permissions for Amazon S3 API operations". What DeleteObjects needs is asked key by key: it answers for each.
 */
export const s3Needs: NeedsOf = {
  AbortMultipartUpload: onObject('AbortMultipartUpload'),
  CompleteMultipartUpload: put,
  CopyObject: copy,
  CreateBucket: onBucket('CreateBucket'),
  CreateMultipartUpload: put,
  DeleteBucket: onBucket('DeleteBucket'),
  DeleteBucketPolicy: onBucket('DeleteBucketPolicy'),
  DeleteObject: (input) => [...onVersion('DeleteObject')(input), ...reading(input)],
  DeleteObjectTagging: onVersion('DeleteObject|Tagging'),
  DeleteObjects: () => [],
  GetBucketLocation: onBucket('GetBucketLocation'),
  GetBucketPolicy: onBucket('GetBucketPolicy'),
  GetBucketVersioning: onBucket('GetBucketVersioning'),
  GetObject: onVersion('GetObject'),
  GetObjectTagging: onVersion('GetObject|Tagging'),
  HeadBucket: onBucket('ListBucket'),
  HeadObject: onVersion('GetObject'),
  ListBuckets: () => [need('s3:ListAllMyBuckets', '*')],
  ListMultipartUploads: onBucket('ListBucketMultipartUploads'),
  ListObjectVersions: onBucket('ListBucketVersions'),
  ListObjects: onBucket('ListBucket'),
  ListObjectsV2: onBucket('ListBucket'),
  ListParts: onObject('ListMultipartUploadParts'),
  PutBucketPolicy: onBucket('PutBucketPolicy'),
  PutBucketVersioning: onBucket('PutBucketVersioning'),
  PutObject: put,
  PutObjectTagging(input) {
    const [asked] = onVersion('PutObject|Tagging')(input);
    return asked === undefined ? [] : [{ ...asked, keys: { ...asked.keys, ...tagKeysOf(input) } }];
  },
  UploadPart: onObject('PutObject'),
  UploadPartCopy: copy,
};
