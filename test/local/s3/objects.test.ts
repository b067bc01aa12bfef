import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { textOf, withBucket } from './bucket.ts';

const md5 = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`;

/** Amazon S3 API reference: PutObject, GetObject, HeadObject. */
describe('an object', () => {
  it('comes back as it was written, with what was said of it', async () => {
    const { s3, Bucket } = await withBucket();
    const written = {
      ...{ CacheControl: 'public, max-age=31536000, immutable', ContentDisposition: 'inline', ContentEncoding: 'gzip' },
      ...{ ContentLanguage: 'de', ContentType: 'text/html; charset=utf-8', Metadata: { commit: '1a2b3c4' } },
    };
    const Key = "a/b c+d/ü&'(1).html";
    const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', Expires: new Date(1e12), ...written }));
    expect(put).toMatchObject({ ETag: md5('hello'), ServerSideEncryption: 'AES256' });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await textOf(got.Body)).toBe('hello');
    const said = { ...written, ETag: md5('hello'), ContentLength: 5, AcceptRanges: 'bytes', Expires: new Date(1e12) };
    expect(got).toMatchObject(said);
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject(said);
  });

  it('is taken from a stream, in chunks with its checksum at the end', async () => {
    const { s3, Bucket } = await withBucket();
    const Body = Readable.from([Buffer.from('hel'), Buffer.from('lo')]);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body, ContentLength: 5, ContentType: '' }));
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).toMatchObject({ ContentLength: 5, ETag: md5('hello') });
  });

  it('that is not there is NoSuchKey, and to HEAD a bare 404', async () => {
    const { s3, Bucket } = await withBucket();
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
      message: 'The specified key does not exist.',
      Key: 'k',
    });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
      name: 'NotFound',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('is deleted, also if it is not there', async () => {
    const { s3, Bucket } = await withBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '' }));
    for (const _ of [1, 2])
      expect((await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))).$metadata.httpStatusCode).toBe(204);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a&b', Body: '' }));
    const Objects = [{ Key: 'a&b' }, { Key: 'k' }];
    expect(await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))).toMatchObject({ Deleted: Objects });
    const quiet = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    expect([quiet.Deleted, quiet.Errors]).toEqual([undefined, undefined]);
  });

  it('has tags, which come with it or afterwards', async () => {
    const { s3, Bucket } = await withBucket();
    const TagSet = [{ Key: 'release', Value: 'v1 b' }];
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', Tagging: 'release=v1%20b' }));
    expect(await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k' }))).toMatchObject({ TagSet });
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).toMatchObject({ TagCount: 1 });
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'k', Tagging: { TagSet: [] } }));
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k' }))).TagSet).toEqual([]);
    const tagging = Array.from({ length: 11 }, (_, index) => `k${index}=v`).join('&');
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', Tagging: tagging }))).rejects.toMatchObject({
      name: 'BadRequest',
      message: 'Object tags cannot be greater than 10',
    });
  });

  it('of a key of more than 1,024 bytes, or with more than 2 KB of metadata, is refused', async () => {
    const { s3, Bucket } = await withBucket();
    const put = (Key: string, Metadata: Record<string, string> = {}) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', Metadata }));
    await put('ü'.repeat(512));
    await expect(put('ü'.repeat(512).concat('x'))).rejects.toMatchObject({ name: 'KeyTooLongError' });
    await put('k', { a: 'x'.repeat(2047) });
    await expect(put('k', { a: 'x'.repeat(2048) })).rejects.toMatchObject({ name: 'MetadataTooLarge' });
  });

  it('is refused with whatever the local cloud has not, by name', async () => {
    const { s3, Bucket } = await withBucket();
    const put = (more: object) => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ...more }));
    const refused = { name: 'NotImplemented', $metadata: { httpStatusCode: 501 } };
    await expect(put({ StorageClass: 'GLACIER' })).rejects.toMatchObject(refused);
    await expect(put({ ServerSideEncryption: 'aws:kms' })).rejects.toMatchObject(refused);
    await expect(put({ BucketKeyEnabled: true })).rejects.toMatchObject(refused);
    await expect(put({ ChecksumAlgorithm: 'MD5' })).rejects.toMatchObject(refused);
    await expect(put({ ObjectLockMode: 'GOVERNANCE' })).rejects.toThrow(
      'does not know the parameter "ObjectLockMode" of PutObject',
    );
    await expect(put({ ACL: 'public-read' })).rejects.toMatchObject({ name: 'AccessControlListNotSupported' });
    await expect(s3.send(new GetBucketAclCommand({ Bucket }))).rejects.toThrow('does not know the operation GetBucketAcl of s3');
    await put({ StorageClass: 'STANDARD', ServerSideEncryption: 'AES256', ACL: 'bucket-owner-full-control' });
  });
});

/** Amazon S3 API reference, CopyObject. */
describe('a copy', () => {
  it('keeps what the source has, or takes what the request says', async () => {
    const { s3, Bucket } = await withBucket();
    const Key = 'a b+c.html';
    await s3.send(
      new PutObjectCommand({ Bucket, Key, Body: 'x', ContentType: 'text/html', Metadata: { a: '1' }, Tagging: 't=1' }),
    );
    const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
    const { CopyObjectResult } = await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
    expect(CopyObjectResult).toMatchObject({ ETag: md5('x') });
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' }))).toMatchObject({
      ContentType: 'text/html',
      Metadata: { a: '1' },
      TagCount: 1,
    });
    const replaced = { MetadataDirective: 'REPLACE', CacheControl: 'no-cache', TaggingDirective: 'REPLACE' } as const;
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource, ...replaced }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' }));
    expect([head.ContentType, head.CacheControl, head.Metadata, head.TagCount]).toEqual([
      'binary/octet-stream',
      'no-cache',
      {},
      undefined,
    ]);
  });

  it('of an object onto itself needs something to change', async () => {
    const { s3, Bucket } = await withBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
    const copy = (more: object) => s3.send(new CopyObjectCommand({ Bucket, Key: 'k', CopySource: `${Bucket}/k`, ...more }));
    await expect(copy({})).rejects.toMatchObject({ name: 'InvalidRequest' });
    await copy({ MetadataDirective: 'REPLACE', ContentType: 'text/plain' });
    await expect(copy({ CopySource: `${Bucket}/other` })).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(copy({ CopySource: Bucket })).rejects.toMatchObject({ name: 'InvalidArgument' });
  });

  it('happens only under the conditions on its source', async () => {
    const { s3, Bucket } = await withBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
    const copy = (more: object) => s3.send(new CopyObjectCommand({ Bucket, Key: 'c', CopySource: `${Bucket}/k`, ...more }));
    await expect(copy({ CopySourceIfMatch: md5('y') })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(copy({ CopySourceIfNoneMatch: md5('x') })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await copy({ CopySourceIfMatch: md5('x'), CopySourceIfNoneMatch: md5('y') });
  });
});
