import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../local/data/journal.ts';
import { testCloud } from '../cloud/cloud-builder.ts';
import { createIn, textOf } from './bucket.ts';

let root = '';
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'switchyard-s3-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const newFolder = (): string => {
  count += 1;
  return join(root, String(count));
};

/** As the folder is at this moment: what a killed process leaves. */
const asKilled = (folder: string): string => {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  rmSync(join(copy, 'lock'));
  return copy;
};

const running = async (folder: string) => {
  const cloud = await testCloud(undefined, undefined, { data: openJournal(folder) });
  cloud.restore();
  return { cloud, s3: new S3Client(cloud.access()) };
};

const Bucket = 'kept-files';

describe('S3 in a folder', () => {
  it('is there again: buckets, versions, metadata, tags and policies', async () => {
    const folder = newFolder();
    const { s3, cloud } = await running(folder);
    await createIn(s3, Bucket);
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const statement = { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/never` };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const put = (Body: string, Key = 'k') =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body, Metadata: { a: '1' }, CacheControl: 'no-cache', Tagging: 't=1' }));
    const { VersionId } = await put('one');
    await put('two');
    await put('gone', 'l');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'l' }));
    const away = new S3Client(cloud.access({ region: 'us-east-1', accessKeyId: '222233334444' }));
    await createIn(away, 'made-elsewhere', 'us-east-1');
    await away.send(new PutObjectCommand({ Bucket: 'made-elsewhere', Key: 'k', Body: 'there' }));
    const before = await s3.send(new ListObjectVersionsCommand({ Bucket }));

    const next = await running(asKilled(folder));
    const { $metadata: _, ...kept } = await next.s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(before).toMatchObject(kept);
    expect((await next.s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
    expect((await next.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    expect(await textOf((await next.s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId }))).Body)).toBe('one');
    const ranged = await next.s3.send(new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=1-1' }));
    expect([await textOf(ranged.Body), ranged.Metadata, ranged.CacheControl, ranged.TagCount]).toEqual([
      'w',
      { a: '1' },
      'no-cache',
      1,
    ]);
    const other = new S3Client(next.cloud.access({ region: 'us-east-1', accessKeyId: '222233334444' }));
    expect(await other.send(new HeadObjectCommand({ Bucket: 'made-elsewhere', Key: 'k' }))).toMatchObject({ ContentLength: 5 });
    await expect(next.s3.send(new HeadBucketCommand({ Bucket: 'made-elsewhere' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 301 },
    });
  });

  it('goes on with an upload that was under way', async () => {
    const folder = newFolder();
    const { s3 } = await running(folder);
    await createIn(s3, Bucket);
    const of = { Bucket, Key: 'k' };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(of));
    const { ETag } = await s3.send(new UploadPartCommand({ ...of, UploadId, PartNumber: 1, Body: 'part' }));
    const next = await running(asKilled(folder));
    const Parts = [{ PartNumber: 1, ETag }];
    await next.s3.send(new CompleteMultipartUploadCommand({ ...of, UploadId, MultipartUpload: { Parts } }));
    expect(await textOf((await next.s3.send(new GetObjectCommand(of))).Body)).toBe('part');
  });

  it('has bodies as files, and those of what was deleted no longer than until the next start', async () => {
    const folder = newFolder();
    const { s3 } = await running(folder);
    await createIn(s3, Bucket);
    const body = 'the body of an object that is looked for';
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: body }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'same', Body: body }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'l', Body: 'other' }));
    const bodies = (where: string) =>
      readdirSync(join(where, 'objects')).map((name) => readFileSync(join(where, 'objects', name), 'utf8'));
    expect(bodies(folder).sort()).toEqual(['other', body]);
    expect(readFileSync(join(folder, 'journal')).includes(body)).toBe(false);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'l' }));
    const copy = asKilled(folder);
    const next = await running(copy);
    expect(bodies(copy)).toEqual([body]);
    await expect(next.s3.send(new GetObjectCommand({ Bucket, Key: 'l' }))).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});
