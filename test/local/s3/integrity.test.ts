import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { CHECKSUM_ALGORITHMS, checksumOf } from '../../../local/s3/checksums.ts';
import { sendRaw, textOf, withBucket } from './bucket.ts';

/** The check values of "123456789": "Catalogue of parametrised CRC algorithms" (CRC-32/ISO-HDLC, CRC-32/ISCSI, CRC-64/NVME); FIPS 180-4 by sha1sum and sha256sum. */
const CHECKS = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
};

describe('a checksum', () => {
  it.each(CHECKSUM_ALGORITHMS)('%s of the usual nine digits is the published one', (algorithm) => {
    expect(Buffer.from(checksumOf(algorithm, Buffer.from('123456789')), 'base64').toString('hex')).toBe(CHECKS[algorithm]);
  });

  it.each(CHECKSUM_ALGORITHMS)('%s is the one that the SDK computes, and is kept with the object', async (algorithm) => {
    const { s3, Bucket } = await withBucket();
    const Body = 'the quick brown fox '.repeat(999);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body, ChecksumAlgorithm: algorithm }));
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }))).toMatchObject({
      [`Checksum${algorithm}`]: checksumOf(algorithm, Buffer.from(Body)),
    });
  });
});

/** API reference, "Error responses", and PutObject; User Guide, "Checking object integrity in Amazon S3". */
describe('a body that is not what was announced', () => {
  const put = async (headers: Readonly<Record<string, string>>, body = 'hello') => {
    const { cloud, Bucket, s3 } = await withBucket();
    const { status, body: xml } = await sendRaw(cloud, { method: 'PUT', path: `/${Bucket}/k`, headers, body });
    return { s3, Bucket, status, code: /<Code>(\w+)<\/Code>/.exec(xml)?.[1] };
  };
  const sum = (hash: string, text: string) => createHash(hash).update(text).digest('base64');

  it.each<[string, Record<string, string>, number, string | undefined]>([
    ['Content-MD5', { 'content-md5': sum('md5', 'hello') }, 200, undefined],
    ['another Content-MD5', { 'content-md5': sum('md5', 'other') }, 400, 'BadDigest'],
    ['no Content-MD5', { 'content-md5': 'x' }, 400, 'InvalidDigest'],
    ['its SHA-256', { 'x-amz-checksum-sha256': sum('sha256', 'hello') }, 200, undefined],
    ['another SHA-256', { 'x-amz-checksum-sha256': sum('sha256', 'other') }, 400, 'BadDigest'],
    ['no SHA-256', { 'x-amz-checksum-sha256': 'AAAA' }, 400, 'InvalidRequest'],
    ['two checksums', { 'x-amz-checksum-sha1': 'AAAA', 'x-amz-checksum-sha256': 'AAAA' }, 400, 'InvalidRequest'],
    ['an algorithm without its checksum', { 'x-amz-sdk-checksum-algorithm': 'CRC32' }, 400, 'InvalidRequest'],
    ['a checksum that is not known', { 'x-amz-checksum-xxhash64': 'AAAA' }, 501, 'NotImplemented'],
    [
      'another payload',
      { 'x-amz-content-sha256': createHash('sha256').update('x').digest('hex') },
      400,
      'XAmzContentSHA256Mismatch',
    ],
    ['something else', { 'x-amz-content-sha256': 'none' }, 400, 'InvalidArgument'],
  ])('%s', async (_, headers, status, code) => {
    expect(await put(headers)).toMatchObject({ status, code });
  });

  it('is not written', async () => {
    const { s3, Bucket } = await put({ 'content-md5': sum('md5', 'other') });
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

/** API reference, "Signature calculations for the authorization header: transferring payload in multiple chunks", and "… with trailing headers". */
describe('a body in chunks', () => {
  const chunked = async (body: string, headers: Readonly<Record<string, string>> = {}) => {
    const { cloud, s3, Bucket } = await withBucket();
    const { status, body: xml } = await sendRaw(cloud, {
      method: 'PUT',
      path: `/${Bucket}/k`,
      headers: {
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
        'content-encoding': 'aws-chunked,gzip',
        'x-amz-decoded-content-length': '5',
        ...headers,
      },
      body,
    });
    return { s3, Bucket, status, code: /<Code>(\w+)<\/Code>/.exec(xml)?.[1] };
  };
  const SIGNATURE = `;chunk-signature=${'0'.repeat(64)}`;
  const TRAILER = { 'x-amz-trailer': 'x-amz-checksum-crc32' };

  it('is put together, with its encoding alone and its checksum', async () => {
    const sent = `3${SIGNATURE}\r\nhel\r\n2${SIGNATURE}\r\nlo\r\n0${SIGNATURE}\r\nx-amz-checksum-crc32:NhCmhg==\r\nx-amz-trailer-signature:0\r\n\r\n`;
    const { s3, Bucket, status } = await chunked(sent, TRAILER);
    expect(status).toBe(200);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
    expect([await textOf(got.Body), got.ContentEncoding, got.ChecksumCRC32]).toEqual(['hello', 'gzip', 'NhCmhg==']);
  });

  it.each([
    ['has another checksum', '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', 'BadDigest'],
    ['has not the trailer that was announced', '5\r\nhello\r\n0\r\n\r\n', 'MalformedTrailerError'],
    ['is shorter than was announced', '4\r\nhell\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', 'IncompleteBody'],
    ['ends within a chunk', '9\r\nhello\r\n', 'IncompleteBody'],
    ['is in no chunks', 'hello', 'IncompleteBody'],
  ])('that %s is refused', async (_, body, code) => {
    expect(await chunked(body, TRAILER)).toMatchObject({ status: 400, code });
  });
});
