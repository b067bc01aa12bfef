import { GetObjectCommand, HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { sendRaw, textOf, withBucket } from './bucket.ts';

/** User Guide, "Virtual hosting of general purpose buckets". */
describe('a bucket is named', () => {
  it.each([
    ['http://127.0.0.1:4566', false],
    ['http://localhost:4566', false],
    ['http://localhost:4566', true],
    ['http://s3.localhost:4566', false],
    ['http://s3.eu-west-1.amazonaws.com', false],
    ['http://s3.eu-west-1.amazonaws.com', true],
    ['http://s3.dualstack.eu-west-1.amazonaws.com', false],
  ])('by the SDK at %s, its path style %s', async (endpoint, forcePathStyle) => {
    const { cloud } = await withBucket();
    const s3 = new S3Client({ ...cloud.access(), endpoint, forcePathStyle });
    for (const Key of ['k', 'v2/manifests/latest', '2015-03-31/functions', 'a//b', '/c', 'acl'])
      expect(
        await s3
          .send(new PutObjectCommand({ Bucket: 'static-files', Key, Body: Key }))
          .then(() => s3.send(new GetObjectCommand({ Bucket: 'static-files', Key })))
          .then(({ Body }) => textOf(Body)),
      ).toBe(Key);
    await s3.send(new HeadBucketCommand({ Bucket: 'static-files' }));
  });

  it('in the region that its host says, and no other', async () => {
    const { cloud } = await withBucket();
    const headers = { host: 'static-files.s3.eu-west-1.amazonaws.com' };
    const { status, body } = await sendRaw(cloud, { path: '/k', region: 'us-east-1', headers });
    expect([status, body]).toEqual([
      400,
      expect.stringContaining(
        "<Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region>",
      ),
    ]);
  });
});

/** API reference, "Error responses", "REST error responses". */
describe('a request to S3', () => {
  it('is told from those to other services by what it is signed for', async () => {
    const { cloud, s3, Bucket } = await withBucket();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'Action=ListQueues&Version=2012-11-05' }));
    expect(await new SQSClient(cloud.access()).send(new ListQueuesCommand({}))).toMatchObject({
      $metadata: { httpStatusCode: 200 },
    });
    const greeting = await cloud.handle({ method: 'GET', path: '/', headers: { host: '127.0.0.1:4566' }, body: '' });
    expect(greeting.body).toMatch(/^This is Switchyard's local cloud/);
    const list = await sendRaw(cloud, { path: '/' });
    expect(list.body).toContain('<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">');
  });

  it('that is not signed is refused at the host of S3, and is no call elsewhere', async () => {
    const { cloud } = await withBucket();
    const get = (host: string) => cloud.handle({ method: 'GET', path: '/k', headers: { host }, body: '' });
    expect(await get('static-files.s3.eu-west-1.amazonaws.com')).toMatchObject({
      status: 403,
      body: expect.stringContaining('<Error><Code>AccessDenied</Code><Message>Access Denied</Message>'),
    });
    expect(await get('127.0.0.1:4566')).toMatchObject({
      status: 404,
      body: expect.stringContaining('UnknownOperationException'),
    });
  });

  it('is answered with the names of the error, of what it is about, and of the request', async () => {
    const { cloud, Bucket } = await withBucket();
    const { status, headers, body } = await sendRaw(cloud, { path: `/${Bucket}/a%26b` });
    expect([status, headers['content-type']]).toEqual([404, 'application/xml']);
    expect(body).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code><Message>The specified key does not exist\.<\/Message><Key>a&amp;b<\/Key><Resource>\/static-files\/a%26b<\/Resource><RequestId>[0-9A-F]{16}<\/RequestId><HostId>[^<]+<\/HostId><\/Error>$/,
    );
    expect(body).toContain(`<RequestId>${headers['x-amz-request-id']}</RequestId><HostId>${headers['x-amz-id-2']}</HostId>`);
  });

  it.each([
    [
      'an unknown parameter',
      { path: '/static-files?list-type=2&mine=1' },
      501,
      'does not know the parameter mine of ListObjectsV2',
    ],
    ['an unknown header', { path: '/static-files/k', headers: { 'x-amz-mine': '1' } }, 501, 'the header x-amz-mine of GetObject'],
    [
      'a condition where there is none',
      { path: '/static-files', headers: { 'if-match': 'x' } },
      501,
      'the header if-match of ListObjects',
    ],
    ['an operation that is not there', { path: '/static-files?website' }, 501, 'the operation GetBucketWebsite of s3'],
    ['another of them', { path: '/static-files/k?restore', method: 'POST' }, 501, 'the operation RestoreObject of s3'],
    ['no operation at all', { path: '/static-files/k', method: 'PATCH' }, 405, '<Code>MethodNotAllowed</Code>'],
    ['a path that cannot be read', { path: '/static-files/%zz' }, 400, '<Code>InvalidURI</Code>'],
    ['XML that is none', { path: '/static-files?versioning', method: 'PUT', body: '<a>' }, 400, '<Code>MalformedXML</Code>'],
    ['other XML', { path: '/static-files?versioning', method: 'PUT', body: '<Tagging/>' }, 400, '<Code>MalformedXML</Code>'],
    [
      'XML with an unknown element',
      { path: '/static-files?versioning', method: 'PUT', body: '<VersioningConfiguration><Mine/></VersioningConfiguration>' },
      400,
      '<Code>MalformedXML</Code>',
    ],
    [
      'a document type',
      { path: '/static-files?versioning', method: 'PUT', body: '<!DOCTYPE a><a/>' },
      400,
      '<Code>MalformedXML</Code>',
    ],
    ['a number that is none', { path: '/static-files?list-type=2&max-keys=x' }, 400, '<Code>InvalidArgument</Code>'],
    ['no digest of many deletions', { path: '/static-files?delete', method: 'POST', body: '<Delete/>' }, 400, 'Content-MD5'],
  ])('with %s is refused by name', async (_, request, status, text) => {
    const { cloud } = await withBucket();
    const answer = await sendRaw(cloud, request);
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(text)]);
  });
});

/** API reference, "Authenticating requests: using query parameters"; User Guide, "Sharing objects with presigned URLs". */
describe('a presigned URL', () => {
  const signed = (seconds: number, region = 'eu-west-1') =>
    new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': `local/20260101/${region}/s3/aws4_request`,
      'X-Amz-Date': '20260101T000000Z',
      'X-Amz-Expires': String(seconds),
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': '0',
    });

  it('reads and writes until it is over', async () => {
    const { cloud, Bucket } = await withBucket();
    const ask = (method: string, seconds: number, body = '') =>
      cloud.handle({ method, path: `/${Bucket}/k?${signed(seconds)}`, headers: { host: '127.0.0.1:4566' }, body });
    expect((await ask('PUT', 60, 'hello')).status).toBe(200);
    const { status, bytes } = await ask('GET', 60);
    expect([status, Buffer.from(bytes ?? []).toString()]).toEqual([200, 'hello']);
    await cloud.clock.advance(61_000);
    expect(await ask('GET', 60)).toMatchObject({ status: 403, body: expect.stringContaining('Request has expired') });
    expect(await ask('GET', 604_801)).toMatchObject({ status: 400, body: expect.stringContaining('must be less than a week') });
  });
});
