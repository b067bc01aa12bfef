import { ListObjectsCommand, ListObjectsV2Command, PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { withBucket } from './bucket.ts';

const KEYS = ['notes/summer/july', 'notes/summer/august', 'notes/z', 'photos/1', 'a b+c', '\u{10000}', '\uff5e', 'sample.jpg'];

const filled = async () => {
  const { s3, Bucket } = await withBucket();
  for (const Key of KEYS) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const list = async (more: object = {}) => {
    const answer = await s3.send(new ListObjectsV2Command({ Bucket, ...more }));
    const keys = (answer.Contents ?? []).map(({ Key }) => Key);
    return { ...answer, keys, prefixes: (answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix) };
  };
  return { s3, Bucket, list };
};

/** API reference, ListObjectsV2 and ListObjects; User Guide, "Organizing objects using prefixes". */
describe('a list', () => {
  it('is in the order of the keys as UTF-8', async () => {
    const { list } = await filled();
    const inUtf8 = [
      'a b+c',
      'notes/summer/august',
      'notes/summer/july',
      'notes/z',
      'photos/1',
      'sample.jpg',
      '\uff5e',
      '\u{10000}',
    ];
    const { keys, KeyCount, IsTruncated, Contents } = await list();
    expect([keys, KeyCount, IsTruncated]).toEqual([inUtf8, 8, false]);
    expect(Contents?.[0]).toMatchObject({ Size: 5, StorageClass: 'STANDARD', ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/) });
  });

  it('puts the keys below a delimiter together', async () => {
    const { list } = await filled();
    const top = await list({ Delimiter: '/' });
    expect([top.keys, top.prefixes, top.KeyCount]).toEqual([
      ['a b+c', 'sample.jpg', '\uff5e', '\u{10000}'],
      ['notes/', 'photos/'],
      6,
    ]);
    const notes = await list({ Delimiter: '/', Prefix: 'notes/' });
    expect([notes.keys, notes.prefixes]).toEqual([['notes/z'], ['notes/summer/']]);
    const later = await list({ Delimiter: '/', StartAfter: 'notes/summer/august' });
    expect(later.prefixes).toEqual(['photos/']);
  });

  it('goes on page by page, a prefix counting as one', async () => {
    const { s3, Bucket } = await filled();
    const pages: unknown[] = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket, Delimiter: '/' }))
      pages.push([...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix)]);
    expect(pages).toEqual([
      ['a b+c', 'notes/'],
      ['sample.jpg', 'photos/'],
      ['\uff5e', '\u{10000}'],
    ]);
  });

  it('has a thousand keys at most, and none where none are asked for', async () => {
    const { list } = await filled();
    expect(await list({ MaxKeys: 2000 })).toMatchObject({ MaxKeys: 1000 });
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
    await expect(list({ MaxKeys: -1 })).rejects.toMatchObject({ name: 'InvalidArgument' });
    await expect(list({ ContinuationToken: 'mine' })).rejects.toMatchObject({ name: 'InvalidArgument' });
    await expect(list({ OptionalObjectAttributes: ['RestoreStatus'] })).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  it('is URL-encoded where that is asked for', async () => {
    const { list } = await filled();
    // API reference, ListObjectsV2, encoding-type: "test_file(3).png will appear as test_file%283%29.png".
    expect((await list({ EncodingType: 'url', Prefix: 'a b' })).keys).toEqual(['a+b%2Bc']);
  });

  it('of the first version goes on after a marker', async () => {
    const { s3, Bucket } = await filled();
    const list = (more: object) => s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 2, ...more }));
    const first = await list({ Delimiter: '/' });
    expect(first).toMatchObject({
      IsTruncated: true,
      NextMarker: 'notes/',
      Contents: [{ Key: 'a b+c', Owner: { ID: expect.any(String) } }],
    });
    expect(await list({ Delimiter: '/', Marker: 'notes/' })).toMatchObject({
      CommonPrefixes: [{ Prefix: 'photos/' }],
      Contents: [{ Key: 'sample.jpg' }],
    });
    expect((await list({})).NextMarker).toBeUndefined();
  });
});
