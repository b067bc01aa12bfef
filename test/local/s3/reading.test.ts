import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { textOf, withBucket } from './bucket.ts';

const MD5_OF_HELLO = '"5d41402abc4b2a76b9719d911017c592"';

const written = async () => {
  const { cloud, s3, Bucket } = await withBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello' }));
  const get = (more: object) => s3.send(new GetObjectCommand({ Bucket, Key: 'k', ...more }));
  const { LastModified } = await get({});
  const at = (seconds: number) => new Date((LastModified?.getTime() ?? 0) + seconds * 1000);
  return { cloud, s3, Bucket, get, at };
};

/** RFC 9110, section 14.2; API reference, GetObject, Range. */
describe('a range', () => {
  it.each([
    ['bytes=0-0', 'h', 'bytes 0-0/5'],
    ['bytes=1-3', 'ell', 'bytes 1-3/5'],
    ['bytes=3-', 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 'lo', 'bytes 3-4/5'],
    ['bytes=-9', 'hello', 'bytes 0-4/5'],
    ['bytes=1-99', 'ello', 'bytes 1-4/5'],
  ])('%s of "hello" is %s', async (Range, text, ContentRange) => {
    const { get } = await written();
    const got = await get({ Range });
    expect([await textOf(got.Body), got.ContentRange, got.$metadata.httpStatusCode]).toEqual([text, ContentRange, 206]);
  });

  it.each(['bytes=3-1', 'lines=1-2', 'bytes=x'])('%s is none, and the whole comes', async (Range) => {
    const { get } = await written();
    const got = await get({ Range });
    expect([await textOf(got.Body), got.$metadata.httpStatusCode]).toEqual(['hello', 200]);
  });

  it.each(['bytes=5-', 'bytes=-0', 'bytes=9-12'])('%s of "hello" is 416', async (Range) => {
    const { get } = await written();
    await expect(get({ Range })).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
  });

  it('is one: several are refused by name', async () => {
    const { get } = await written();
    await expect(get({ Range: 'bytes=0-1,3-4' })).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

/** API reference, GetObject: If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, and which of two counts. */
describe('a read under conditions', () => {
  it('comes, is not modified, or fails', async () => {
    const { get, at } = await written();
    const status = (more: object) =>
      get(more).then(
        ({ $metadata }) => $metadata.httpStatusCode,
        ({ $metadata }) => $metadata.httpStatusCode,
      );
    expect([
      await status({ IfMatch: MD5_OF_HELLO }),
      await status({ IfMatch: '"other"' }),
      await status({ IfNoneMatch: MD5_OF_HELLO }),
      await status({ IfNoneMatch: '"other"' }),
      await status({ IfModifiedSince: at(-1) }),
      await status({ IfModifiedSince: at(0) }),
      await status({ IfUnmodifiedSince: at(0) }),
      await status({ IfUnmodifiedSince: at(-1) }),
    ]).toEqual([200, 412, 304, 200, 200, 304, 200, 412]);
    expect([
      await status({ IfMatch: MD5_OF_HELLO, IfUnmodifiedSince: at(-1) }),
      await status({ IfNoneMatch: MD5_OF_HELLO, IfModifiedSince: at(-1) }),
      await status({ IfNoneMatch: '"other"', IfModifiedSince: at(0) }),
    ]).toEqual([200, 304, 200]);
  });
});

/** API reference, GetObject, "Overriding response header values". */
describe('an answer', () => {
  it('has the headers that the request asks for', async () => {
    const { get } = await written();
    const asked = { ResponseContentType: 'text/csv', ResponseCacheControl: 'no-store', ResponseContentDisposition: 'attachment' };
    expect(await get(asked)).toMatchObject({
      ContentType: 'text/csv',
      CacheControl: 'no-store',
      ContentDisposition: 'attachment',
    });
    await expect(get({ ResponseContentDisposition: 'attachment; filename=漢' })).rejects.toMatchObject({
      name: 'InvalidArgument',
      message: 'Header value cannot be represented using ISO-8859-1.',
    });
  });

  it('tells the checksum to whoever asks: of SDKs of now CRC-32', async () => {
    const { s3, Bucket } = await written();
    const head = (more: object) => s3.send(new HeadObjectCommand({ Bucket, Key: 'k', ...more }));
    // CRC-32 of "hello" is 3610a686 (RFC 1952's polynomial; any other implementation of CRC-32, such as Python's zlib.crc32).
    expect(await head({ ChecksumMode: 'ENABLED' })).toMatchObject({
      ChecksumCRC32: Buffer.from('3610a686', 'hex').toString('base64'),
      ChecksumType: 'FULL_OBJECT',
    });
    expect((await head({})).ChecksumCRC32).toBeUndefined();
  });
});
