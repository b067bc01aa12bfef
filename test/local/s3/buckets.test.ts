import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { testCloud } from '../cloud/cloud-builder.ts';
import { createIn, sendRaw, withBucket } from './bucket.ts';

const OTHER = '222233334444';

/** Amazon S3 User Guide, "General purpose bucket naming rules". */
describe('a bucket', () => {
  it.each([
    'ab',
    'A-bucket',
    'a_bucket',
    '-bucket',
    'bucket-',
    'a..b',
    '192.168.5.4',
    'xn--bucket',
    'bucket-s3alias',
    'a'.repeat(64),
  ])('is not called %s', async (Bucket) => {
    const cloud = await testCloud();
    const s3 = new S3Client({ ...cloud.access(), forcePathStyle: true });
    await expect(createIn(s3, Bucket)).rejects.toMatchObject({ name: 'InvalidBucketName' });
  });

  it('may have dots, digits and 63 characters', async () => {
    const { s3 } = await withBucket('a.b-3');
    await createIn(s3, 'b'.repeat(63));
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['a.b-3', 'b'.repeat(63)]);
  });

  it('that is not there is NoSuchBucket to anybody', async () => {
    const cloud = await testCloud();
    const s3 = new S3Client(cloud.access());
    await expect(s3.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'k' }))).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'nowhere' }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('is deleted when it is empty', async () => {
    const { s3, Bucket } = await withBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
      $metadata: { httpStatusCode: 409 },
    });
    await withBucket('another-one').then((other) => other.s3.send(new DeleteBucketCommand({ Bucket: 'another-one' })));
  });

  it('has a name that nobody else can take', async () => {
    const { cloud, s3, Bucket } = await withBucket();
    await expect(createIn(s3, Bucket)).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
      $metadata: { httpStatusCode: 409 },
    });
    const other = new S3Client(cloud.access({ accessKeyId: OTHER }));
    await expect(createIn(other, Bucket)).rejects.toMatchObject({
      name: 'BucketAlreadyExists',
      $metadata: { httpStatusCode: 409 },
    });
    expect((await other.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
  });

  it('is listed page by page, and by prefix', async () => {
    const { s3 } = await withBucket('bucket-a');
    await createIn(s3, 'bucket-b');
    await createIn(s3, 'other');
    const first = await s3.send(new ListBucketsCommand({ MaxBuckets: 1, Prefix: 'bucket' }));
    expect(first.Buckets).toMatchObject([{ Name: 'bucket-a', BucketRegion: 'eu-west-1', BucketArn: 'arn:aws:s3:::bucket-a' }]);
    const ContinuationToken = first.ContinuationToken ?? '';
    const second = await s3.send(new ListBucketsCommand({ MaxBuckets: 1, Prefix: 'bucket', ContinuationToken }));
    expect([second.Buckets?.map(({ Name }) => Name), second.ContinuationToken]).toEqual([['bucket-b'], undefined]);
  });
});

/** API reference, CreateBucket (LocationConstraint), GetBucketLocation; User Guide, "Making requests" (redirections). */
describe("a bucket's region", () => {
  it('is the one that is called, and has to be said', async () => {
    const { cloud, s3, Bucket } = await withBucket();
    const location = await s3.send(new GetBucketLocationCommand({ Bucket }));
    expect(location.LocationConstraint).toBe('eu-west-1');
    const unsaid = await sendRaw(cloud, { method: 'PUT', path: '/unsaid' });
    expect([unsaid.status, unsaid.body]).toEqual([
      400,
      expect.stringContaining(
        '<Error><Code>IllegalLocationConstraintException</Code><Message>The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.</Message>',
      ),
    ]);
    const us = new S3Client(cloud.access({ region: 'us-east-1' }));
    await us.send(new CreateBucketCommand({ Bucket: 'unsaid' }));
    await us.send(new CreateBucketCommand({ Bucket: 'unsaid' }));
    expect((await us.send(new GetBucketLocationCommand({ Bucket: 'unsaid' }))).LocationConstraint).toBeUndefined();
    await createIn(us, 'made-from-afar', 'eu-west-1');
    expect(await s3.send(new HeadBucketCommand({ Bucket: 'made-from-afar' }))).toMatchObject({ BucketRegion: 'eu-west-1' });
    await expect(
      s3.send(new CreateBucketCommand({ Bucket: 'b-1', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } })),
    ).rejects.toMatchObject({ name: 'IllegalLocationConstraintException' });
  });

  it('is told to whoever calls another one', async () => {
    const { cloud, s3, Bucket } = await withBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
    const away = new S3Client(cloud.access({ region: 'eu-central-1' }));
    await expect(away.send(new GetObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
      name: 'PermanentRedirect',
      Endpoint: 'static-files.s3.eu-west-1.amazonaws.com',
      $metadata: { httpStatusCode: 301 },
      $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    });
    const following = new S3Client({ ...cloud.access({ region: 'eu-central-1' }), followRegionRedirects: true });
    expect(await following.send(new GetObjectCommand({ Bucket, Key: 'k' }))).toMatchObject({ ContentLength: 1 });
    const us = new S3Client(cloud.access({ region: 'us-east-1' }));
    expect((await us.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe('eu-west-1');
  });
});
