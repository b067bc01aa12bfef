import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { textOf, withBucket } from './bucket.ts';

/** "5 MiB to 5 GiB. There is no minimum size limit on the last part" (User Guide, "Amazon S3 multipart upload limits"). */
const LEAST = 5 * 1024 * 1024;
const FIRST = 'a'.repeat(LEAST);

const started = async (more: { readonly ChecksumAlgorithm?: ChecksumAlgorithm; readonly ChecksumType?: 'FULL_OBJECT' } = {}) => {
  const { s3, Bucket } = await withBucket();
  const of = { Bucket, Key: 'k' };
  const begin = async () =>
    (await s3.send(new CreateMultipartUploadCommand({ ...of, ContentType: 'text/plain', Metadata: { a: '1' }, ...more })))
      .UploadId;
  const UploadId = await begin();
  const part = async (PartNumber: number, Body: string) => {
    const { ChecksumAlgorithm } = more;
    const given = ChecksumAlgorithm === undefined ? {} : { ChecksumAlgorithm };
    const { ETag, ...sums } = await s3.send(new UploadPartCommand({ ...of, UploadId, PartNumber, Body, ...given }));
    return { PartNumber, ETag, ...sums };
  };
  const complete = (Parts: readonly { readonly PartNumber: number; readonly ETag?: string | undefined }[], last: object = {}) =>
    s3.send(new CompleteMultipartUploadCommand({ ...of, UploadId, MultipartUpload: { Parts: [...Parts] }, ...last }));
  return { s3, Bucket, of, UploadId, begin, part, complete };
};

const md5 = (text: string) => createHash('md5').update(text).digest();

/** User Guide, "Uploading and copying objects using multipart upload"; API reference, CompleteMultipartUpload and its errors. */
describe('an upload in parts', { timeout: 120_000 }, () => {
  it('becomes an object when it is completed, with the MD5 of its MD5s as its ETag', async () => {
    const { s3, of, part, complete } = await started();
    const parts = [await part(1, FIRST), await part(3, 'tail')];
    await expect(s3.send(new HeadObjectCommand(of))).rejects.toMatchObject({ name: 'NotFound' });
    const ETag = `"${createHash('md5')
      .update(Buffer.concat([md5(FIRST), md5('tail')]))
      .digest('hex')}-2"`;
    expect(await complete(parts)).toMatchObject({ ETag, Location: 'http://127.0.0.1:4566/static-files/k' });
    const head = await s3.send(new HeadObjectCommand(of));
    expect(head).toMatchObject({ ETag, ContentLength: LEAST + 4, ContentType: 'text/plain', Metadata: { a: '1' } });
    const across = await s3.send(new GetObjectCommand({ ...of, Range: `bytes=${LEAST - 2}-${LEAST + 1}` }));
    expect(await textOf(across.Body)).toBe('aata');
    const second = await s3.send(new GetObjectCommand({ ...of, PartNumber: 2 }));
    expect([await textOf(second.Body), second.PartsCount, second.$metadata.httpStatusCode]).toEqual(['tail', 2, 206]);
    await expect(complete(parts)).rejects.toMatchObject({ name: 'NoSuchUpload', $metadata: { httpStatusCode: 404 } });
  });

  it('has parts of at least 5 MB, in order, that were uploaded', async () => {
    const { part, complete } = await started();
    const [one, two] = [await part(1, 'small'), await part(2, 'tail')];
    await expect(complete([one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete([two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete([one, { PartNumber: 3, ETag: two.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete([{ PartNumber: 1, ETag: two.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete([])).rejects.toMatchObject({ name: 'MalformedXML' });
    await expect(part(10_001, 'x')).rejects.toMatchObject({ name: 'InvalidArgument' });
    const again = await part(1, 'other');
    expect(await complete([again])).toMatchObject({ ETag: `"${createHash('md5').update(md5('other')).digest('hex')}-1"` });
  });

  it('has a checksum of its checksums, or of all of its bytes', async () => {
    const composite = await started({ ChecksumAlgorithm: 'SHA256' });
    const parts = [await composite.part(1, FIRST), await composite.part(2, 'tail')];
    const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest();
    expect(await composite.complete(parts)).toMatchObject({
      ChecksumSHA256: `${sha256(Buffer.concat([sha256(FIRST), sha256('tail')])).toString('base64')}-2`,
      ChecksumType: 'COMPOSITE',
    });
    const full = await started({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const others = [await full.part(1, FIRST), await full.part(2, 'tail')];
    const whole = Buffer.alloc(4);
    whole.writeUInt32BE(crc32(`${FIRST}tail`));
    const wrong = { ChecksumCRC32: 'AAAAAA==', ChecksumType: 'FULL_OBJECT' };
    await expect(full.complete(others, wrong)).rejects.toMatchObject({ name: 'BadDigest' });
    const right = { ChecksumCRC32: whole.toString('base64'), ChecksumType: 'FULL_OBJECT' };
    expect(await full.complete(others, right)).toMatchObject(right);
  });

  it('is refused with a kind of checksum that its algorithm does not have', async () => {
    await expect(started({ ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' })).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
  });

  it('is listed with its parts until it is aborted', async () => {
    const { s3, Bucket, of, UploadId, begin, part } = await started();
    await part(2, 'b');
    await part(1, 'a');
    const parts = await s3.send(new ListPartsCommand({ ...of, UploadId, MaxParts: 1 }));
    expect(parts).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '1', Parts: [{ PartNumber: 1, Size: 1 }] });
    const rest = await s3.send(new ListPartsCommand({ ...of, UploadId, PartNumberMarker: '1' }));
    expect(rest.Parts).toMatchObject([{ PartNumber: 2, ETag: `"${md5('b').toString('hex')}"` }]);
    await begin();
    const list = (more: object = {}) => s3.send(new ListMultipartUploadsCommand({ Bucket, ...more }));
    const first = await list({ MaxUploads: 1 });
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = first;
    const second = await list({ KeyMarker, UploadIdMarker });
    expect([first.Uploads?.length, second.Uploads?.length, second.IsTruncated]).toEqual([1, 1, false]);
    await s3.send(new AbortMultipartUploadCommand({ ...of, UploadId }));
    expect((await list()).Uploads).toHaveLength(1);
    await expect(part(3, 'c')).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it('has parts that are taken from objects', async () => {
    const { s3, Bucket, of, UploadId, part, complete } = await started();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: `${FIRST}end` }));
    const copy = (PartNumber: number, CopySourceRange?: string) =>
      s3.send(new UploadPartCopyCommand({ ...of, UploadId, PartNumber, CopySource: `${Bucket}/source`, CopySourceRange }));
    const { CopyPartResult } = await copy(1, `bytes=0-${LEAST - 1}`);
    expect(CopyPartResult).toMatchObject({ ETag: `"${md5(FIRST).toString('hex')}"` });
    await expect(copy(2, `bytes=0-${LEAST + 3}`)).rejects.toMatchObject({ name: 'InvalidArgument' });
    await expect(copy(2, 'bytes=3-')).rejects.toMatchObject({ name: 'InvalidArgument' });
    await complete([{ PartNumber: 1, ETag: CopyPartResult?.ETag }, await part(2, 'tail')]);
    const { ContentLength } = await s3.send(new HeadObjectCommand(of));
    expect(ContentLength).toBe(LEAST + 4);
  });

  it('is completed under a condition', async () => {
    const { s3, of, part, complete } = await started();
    const one = await part(1, 'x');
    await s3.send(new PutObjectCommand({ ...of, Body: 'there' }));
    await expect(complete([one], { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await complete([one], { IfMatch: `"${md5('there').toString('hex')}"` });
  });
});
