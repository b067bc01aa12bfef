import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { textOf, withBucket } from './bucket.ts';

const versioned = async () => {
  const { cloud, s3, Bucket } = await withBucket();
  const set = (Status: 'Enabled' | 'Suspended') =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  const put = async (Body: string, Key = 'k') => (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
  const get = async (VersionId?: string) => textOf((await s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId }))).Body);
  const remove = (VersionId?: string) => s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId }));
  const list = (more: object = {}) => s3.send(new ListObjectVersionsCommand({ Bucket, ...more }));
  return { cloud, s3, Bucket, set, put, get, remove, list };
};

/** User Guide, "Retaining multiple versions of objects with S3 Versioning" and the pages below it. */
describe('a bucket that keeps versions', () => {
  it('says so, from the time on that it does', async () => {
    const { s3, Bucket, set } = await versioned();
    const status = async () => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status;
    expect(await status()).toBeUndefined();
    await set('Enabled');
    expect(await status()).toBe('Enabled');
    await set('Suspended');
    expect(await status()).toBe('Suspended');
    await expect(
      s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled', MFADelete: 'Disabled' } })),
    ).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  it('gives each write an id, and what was there before has the id null', async () => {
    const { set, put, get } = await versioned();
    expect(await put('before')).toBeUndefined();
    await set('Enabled');
    const [one, two] = [await put('one'), await put('two')];
    expect(one).not.toBe(two);
    expect([await get(), await get(one), await get('null')]).toEqual(['two', 'one', 'before']);
  });

  it('puts a marker on top of what is deleted, which can be deleted itself', async () => {
    const { s3, Bucket, set, put, get, remove } = await versioned();
    await set('Enabled');
    const one = await put('one');
    const { DeleteMarker, VersionId: marker } = await remove();
    expect(DeleteMarker).toBe(true);
    await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey', $response: { headers: { 'x-amz-delete-marker': 'true' } } });
    await expect(get(marker)).rejects.toMatchObject({ name: 'MethodNotAllowed', $metadata: { httpStatusCode: 405 } });
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect(await get(one)).toBe('one');
    expect(await remove(marker)).toMatchObject({ DeleteMarker: true, VersionId: marker });
    expect(await get()).toBe('one');
    await remove(one);
    await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('and no longer does, writes and deletes the null version', async () => {
    const { set, put, get, remove, list } = await versioned();
    await set('Enabled');
    const one = await put('one');
    await set('Suspended');
    expect([await put('two'), await put('three')]).toEqual(['null', 'null']);
    expect([await get(), await get(one)]).toEqual(['three', 'one']);
    expect(await remove()).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
    const { Versions, DeleteMarkers } = await list();
    expect([Versions?.length, DeleteMarkers]).toMatchObject([1, [{ VersionId: 'null', IsLatest: true }]]);
  });

  it('refuses an id that it did not give out', async () => {
    const { set, put, get } = await versioned();
    await set('Enabled');
    await put('one');
    await expect(get('mine')).rejects.toMatchObject({ name: 'InvalidArgument', message: 'Invalid version id specified' });
    await expect(get('A'.repeat(32))).rejects.toMatchObject({ name: 'NoSuchVersion' });
  });

  it('lists them newest first, page by page', async () => {
    const { set, put, remove, list } = await versioned();
    await set('Enabled');
    const [one, two] = [await put('one'), await put('two')];
    const { VersionId: marker } = await remove();
    await put('x', 'l');
    const all = await list();
    expect(all.Versions?.map(({ Key, VersionId }) => [Key, Key === 'l' ? '' : VersionId])).toEqual([
      ['k', two],
      ['k', one],
      ['l', ''],
    ]);
    expect(all.DeleteMarkers).toMatchObject([{ Key: 'k', VersionId: marker, IsLatest: true }]);
    const first = await list({ MaxKeys: 2 });
    expect(first).toMatchObject({ IsTruncated: true, NextKeyMarker: 'k', NextVersionIdMarker: two });
    const second = await list({ KeyMarker: 'k', VersionIdMarker: two });
    expect(second.Versions).toMatchObject([
      { VersionId: one, IsLatest: false },
      { Key: 'l', IsLatest: true },
    ]);
    expect((await list({ KeyMarker: 'k' })).Versions).toMatchObject([{ Key: 'l' }]);
  });

  it('copies an older one to the top', async () => {
    const { s3, Bucket, set, put, get } = await versioned();
    await set('Enabled');
    const one = await put('one');
    await put('two');
    const CopySource = `${Bucket}/k?versionId=${one}`;
    const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: 'k', CopySource }));
    expect(copied).toMatchObject({ CopySourceVersionId: one, VersionId: expect.any(String) });
    expect(await get()).toBe('one');
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).VersionId).toBe(copied.VersionId);
  });
});

/** User Guide, "How to prevent object overwrites with conditional writes" and "How to perform conditional deletes". */
describe('a write under a condition', () => {
  const STATE = '"5d41402abc4b2a76b9719d911017c592"';

  it('makes what is not there, once', async () => {
    const { s3, Bucket, set, remove } = await versioned();
    const lock = () => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', IfNoneMatch: '*' }));
    await lock();
    await expect(lock()).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
    await remove();
    await lock();
    await set('Enabled');
    await remove();
    await lock();
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: 'n', Body: '', IfNoneMatch: STATE }))).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    });
  });

  it('changes what nobody else has changed', async () => {
    const { s3, Bucket, put } = await versioned();
    const change = (IfMatch: string) => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'next', IfMatch }));
    await expect(change(STATE)).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
    await put('hello');
    await change(STATE);
    await expect(change(STATE)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  it('deletes what nobody else has changed', async () => {
    const { s3, Bucket, put } = await versioned();
    const remove = (IfMatch: string) => s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', IfMatch }));
    await put('changed');
    await expect(remove(STATE)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await put('hello');
    await remove(STATE);
    await expect(remove('*')).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
  });
});
