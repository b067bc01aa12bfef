import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CopyObjectCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { TestCloud } from '../cloud/cloud-builder.ts';
import { withBucket } from './bucket.ts';

const OTHER = '222233334444';
const BUCKET = 'arn:aws:s3:::static-files';

interface StatementText {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Effect?: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

const document = (...statements: readonly StatementText[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements.map((one) => ({ Effect: 'Allow', ...one })) });

/** A user who may do this and nothing else. */
const userWho = async (cloud: TestCloud, ...statements: readonly StatementText[]) => {
  const iam = new IAMClient(cloud.access());
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  await iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'calls', PolicyDocument: document(...statements) }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  return new S3Client(cloud.access({ accessKeyId: AccessKey?.AccessKeyId ?? '' }));
};

const withUser = async (...statements: readonly StatementText[]) => {
  const { cloud, s3, Bucket } = await withBucket();
  for (const Key of ['web/a', 'web/b', 'state'])
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, Tagging: 'stage=prod' }));
  return { cloud, s3, Bucket, ann: await userWho(cloud, ...statements) };
};

/** Service Authorization Reference, "Amazon S3"; User Guide, "Troubleshoot access denied (403 Forbidden) errors in Amazon S3". */
describe('a call to S3', () => {
  it('is refused to whoever was not allowed it, with the reason', async () => {
    const { ann, Bucket } = await withUser({ Action: 's3:GetObject', Resource: `${BUCKET}/web/*` });
    await ann.send(new GetObjectCommand({ Bucket, Key: 'web/a' }));
    await expect(ann.send(new GetObjectCommand({ Bucket, Key: 'state' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message:
        'User: arn:aws:iam::123456789012:user/ann is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::static-files/state" because no identity-based policy allows the s3:GetObject action',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(ann.send(new HeadObjectCommand({ Bucket, Key: 'state' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    for (const call of [new HeadBucketCommand({ Bucket }), new ListBucketsCommand({})])
      await expect(ann.send(call as HeadBucketCommand)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  /** API reference, GetObject, "Permissions": 404 with s3:ListBucket, 403 without. */
  it('tells what is not there only to whoever may list the bucket', async () => {
    const reads = { Action: 's3:GetObject', Resource: `${BUCKET}/*` };
    const without = await withUser(reads);
    await expect(without.ann.send(new GetObjectCommand({ Bucket: without.Bucket, Key: 'nothing' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    const lists = await withUser(reads, { Action: 's3:ListBucket', Resource: BUCKET });
    await expect(lists.ann.send(new GetObjectCommand({ Bucket: lists.Bucket, Key: 'nothing' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
  });

  it('lists below a prefix alone, where the policy says so', async () => {
    const { ann, Bucket } = await withUser({
      Action: 's3:ListBucket',
      Resource: BUCKET,
      Condition: { StringLike: { 's3:prefix': 'web/*' } },
    });
    expect(await ann.send(new ListObjectsV2Command({ Bucket, Prefix: 'web/' }))).toMatchObject({ KeyCount: 2 });
    for (const Prefix of ['', undefined])
      await expect(ann.send(new ListObjectsV2Command({ Bucket, Prefix }))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('needs more for tags, for a version, for an ETag that has to match, and for a source', async () => {
    const { ann, s3, Bucket } = await withUser({ Action: 's3:PutObject', Resource: `${BUCKET}/*` });
    const denied = (action: string, key: string) => ({
      message: expect.stringContaining(`is not authorized to perform: ${action} on resource: "${BUCKET}/${key}"`),
    });
    const Key = 'new';
    await ann.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    await expect(ann.send(new PutObjectCommand({ Bucket, Key, Body: 'x', Tagging: 'a=b' }))).rejects.toMatchObject(
      denied('s3:PutObjectTagging', Key),
    );
    await expect(ann.send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfMatch: '"0"' }))).rejects.toMatchObject(
      denied('s3:GetObject', Key),
    );
    await expect(ann.send(new GetObjectCommand({ Bucket, Key, VersionId: 'null' }))).rejects.toMatchObject(
      denied('s3:GetObjectVersion', Key),
    );
    await expect(ann.send(new GetObjectTaggingCommand({ Bucket, Key }))).rejects.toMatchObject(
      denied('s3:GetObjectTagging', Key),
    );
    await expect(ann.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/state` }))).rejects.toMatchObject(
      denied('s3:GetObject', 'state'),
    );
    await s3.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'x', IfNoneMatch: '*' }));
  });

  it('copies the tags of an object for whoever may read and write them', async () => {
    const { ann, Bucket } = await withUser({ Action: ['s3:PutObject', 's3:GetObject'], Resource: `${BUCKET}/*` });
    const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/state` };
    await expect(ann.send(new CopyObjectCommand(copy))).rejects.toThrow('s3:GetObjectTagging');
    await ann.send(new CopyObjectCommand({ ...copy, TaggingDirective: 'REPLACE' }));
  });

  it('deletes what the caller may of many, and says why not the others', async () => {
    const { ann, s3, Bucket } = await withUser({ Action: 's3:DeleteObject', Resource: `${BUCKET}/web/*` });
    const Objects = [{ Key: 'web/a' }, { Key: 'state' }];
    expect(await ann.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))).toMatchObject({
      Deleted: [{ Key: 'web/a' }],
      Errors: [{ Key: 'state', Code: 'AccessDenied' }],
    });
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents).toMatchObject([{ Key: 'state' }, { Key: 'web/b' }]);
  });

  it('with another owner of the bucket than it expects is refused', async () => {
    const { s3, Bucket } = await withUser();
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'state', ExpectedBucketOwner: OTHER }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    await s3.send(new HeadObjectCommand({ Bucket, Key: 'state', ExpectedBucketOwner: '123456789012' }));
  });
});

/** User Guide, "Bucket policies for Amazon S3"; API reference, PutBucketPolicy and its relatives. */
describe("a bucket's policy", () => {
  const put = (s3: S3Client, ...statements: readonly StatementText[]) =>
    s3.send(new PutBucketPolicyCommand({ Bucket: 'static-files', Policy: document(...statements) }));
  const ANN = { AWS: 'arn:aws:iam::123456789012:user/ann' };

  it('comes back as it was written, and can be taken away', async () => {
    const { s3, Bucket } = await withUser();
    const get = () => s3.send(new GetBucketPolicyCommand({ Bucket }));
    await expect(get()).rejects.toMatchObject({ name: 'NoSuchBucketPolicy', $metadata: { httpStatusCode: 404 } });
    const statement = { Action: 's3:GetObject', Resource: `${BUCKET}/*`, Principal: ANN };
    await put(s3, statement);
    expect((await get()).Policy).toBe(document(statement));
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    await expect(get()).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
  });

  it('allows what the identity may not, and denies what it may', async () => {
    const { s3, ann, Bucket } = await withUser({ Action: 's3:PutObject', Resource: `${BUCKET}/*` });
    await put(
      s3,
      { Action: 's3:GetObject', Resource: `${BUCKET}/web/*`, Principal: ANN },
      { Effect: 'Deny', Action: 's3:PutObject', Resource: `${BUCKET}/state`, Principal: '*' },
    );
    await ann.send(new GetObjectCommand({ Bucket, Key: 'web/a' }));
    await expect(ann.send(new PutObjectCommand({ Bucket, Key: 'state', Body: 'x' }))).rejects.toThrow(
      'with an explicit deny in a resource-based policy',
    );
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: 'state', Body: 'x' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  it('lets another account in, which is told no more than that it is refused', async () => {
    const { cloud, s3, Bucket } = await withUser();
    const other = new S3Client(cloud.access({ accessKeyId: OTHER }));
    const read = () => other.send(new GetObjectCommand({ Bucket, Key: 'web/a' }));
    await expect(read()).rejects.toMatchObject({ name: 'AccessDenied', message: 'Access Denied' });
    await put(s3, {
      Action: ['s3:GetObject', 's3:PutObject', 's3:PutBucketPolicy'],
      Resource: [BUCKET, `${BUCKET}/*`],
      Principal: { AWS: OTHER },
    });
    await read();
    await other.send(new PutObjectCommand({ Bucket, Key: 'theirs', Body: 'x' }));
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'theirs' }))).ContentLength).toBe(1);
    await expect(put(other, { Action: 's3:*', Resource: BUCKET, Principal: { AWS: OTHER } })).rejects.toMatchObject({
      name: 'MethodNotAllowed',
      $metadata: { httpStatusCode: 405 },
    });
  });

  it('is of this bucket, of S3, well formed, and not public', async () => {
    const { s3 } = await withUser();
    const statement = { Action: 's3:GetObject', Resource: `${BUCKET}/*`, Principal: ANN };
    const malformed = { name: 'MalformedPolicy' };
    await expect(put(s3, { ...statement, Resource: 'arn:aws:s3:::other/*' })).rejects.toMatchObject(malformed);
    await expect(put(s3, { ...statement, Action: 'sqs:SendMessage' })).rejects.toMatchObject(malformed);
    await expect(put(s3, { ...statement, Principal: undefined })).rejects.toMatchObject(malformed);
    await expect(s3.send(new PutBucketPolicyCommand({ Bucket: 'static-files', Policy: '{' }))).rejects.toMatchObject(malformed);
    await expect(put(s3, { ...statement, Principal: '*' })).rejects.toMatchObject({ name: 'AccessDenied' });
    const tagged = { Condition: { StringEquals: { 's3:ExistingObjectTag/stage': 'prod' } } };
    await expect(put(s3, { ...statement, ...tagged })).rejects.toThrow('the condition key s3:ExistingObjectTag/stage');
    await put(s3, { ...statement, Condition: { StringEquals: { 's3:RequestObjectTag/stage': 'prod' } } });
    await put(s3, { ...statement, Principal: '*', Condition: { StringEquals: { 'aws:PrincipalAccount': OTHER } } });
  });
});
