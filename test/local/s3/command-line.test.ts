import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../../local/server.ts';
import { awsCli, hasAwsCli } from '../aws-cli.ts';
import { testCloud } from '../cloud/cloud-builder.ts';

const YEAR_BEFORE = new Date('2025-01-01T00:00:00Z');
const PART = 8 * 1024 * 1024;

/** AWS CLI Command Reference, `aws s3` and `aws s3api`. */
describe.skipIf(!hasAwsCli)("the AWS CLI and S3 (needs Debian's awscli)", () => {
  let folder = '';
  let listening: Listening | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-cli-'));
    const cloud = await testCloud();
    listening = await listen(cloud.handle, 0);
  });
  afterAll(async () => {
    await listening?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const aws = awsCli(() => `http://127.0.0.1:${listening?.port}`);
  const file = (name: string): string => join(folder, name);

  it('makes a bucket, copies a folder into it and only what has changed later', { timeout: 300_000 }, async () => {
    await aws('s3', 'mb', 's3://cli-files');
    mkdirSync(file('site/assets'), { recursive: true });
    writeFileSync(file('site/index.html'), '<h1>one</h1>');
    writeFileSync(file('site/assets/a b+c&.css'), 'body {}');
    // The cloud's clock begins with 2026: what is older than its copy there has not changed.
    for (const name of ['site/index.html', 'site/assets/a b+c&.css']) utimesSync(file(name), YEAR_BEFORE, YEAR_BEFORE);
    const sync = () => aws('s3', 'sync', file('site'), 's3://cli-files/site', '--no-progress', '--cache-control', 'no-cache');
    expect((await sync()).trim().split('\n')).toHaveLength(2);
    expect(await sync()).toBe('');
    writeFileSync(file('site/index.html'), '<h1>another</h1>');
    expect(await sync()).toMatch(/^upload: \S*index\.html to s3:\/\/cli-files\/site\/index\.html\s*$/);
    const head = JSON.parse(await aws('s3api', 'head-object', '--bucket', 'cli-files', '--key', 'site/index.html'));
    expect(head).toMatchObject({ ContentType: 'text/html', CacheControl: 'no-cache', ContentLength: 16 });
    expect(await aws('s3', 'ls', 's3://cli-files/site/')).toMatch(/PRE assets\/\n.* 16 index\.html\n$/);
    expect(await aws('s3', 'cp', 's3://cli-files/site/assets/a b+c&.css', '-')).toBe('body {}');
  });

  it('sends and fetches what is large in parts', { timeout: 300_000 }, async () => {
    await aws('s3', 'mb', 's3://cli-parts');
    const large = Buffer.alloc(2 * PART + 1234, 'switchyard ');
    writeFileSync(file('large'), large);
    await aws('s3', 'cp', file('large'), 's3://cli-parts/large', '--no-progress');
    const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest();
    const parts = [0, PART, 2 * PART].map((from) => md5(large.subarray(from, from + PART)));
    const { ETag } = JSON.parse(await aws('s3api', 'head-object', '--bucket', 'cli-parts', '--key', 'large'));
    expect(ETag).toBe(`"${md5(Buffer.concat(parts)).toString('hex')}-3"`);
    await aws('s3', 'cp', 's3://cli-parts/large', file('back'), '--no-progress');
    expect(readFileSync(file('back')).equals(large)).toBe(true);
    await aws('s3', 'cp', 's3://cli-parts/large', 's3://cli-parts/copy', '--no-progress');
    expect(JSON.parse(await aws('s3api', 'head-object', '--bucket', 'cli-parts', '--key', 'copy'))).toMatchObject({ ETag });
    await expect(aws('s3', 'rb', 's3://cli-parts')).rejects.toThrow('BucketNotEmpty');
    await aws('s3', 'rb', '--force', 's3://cli-parts');
    await expect(aws('s3', 'ls', 's3://cli-parts')).rejects.toThrow('NoSuchBucket');
  });

  it('finds a bucket of another region', { timeout: 300_000 }, async () => {
    await aws('--region', 'eu-central-1', 's3', 'mb', 's3://cli-away');
    writeFileSync(file('k'), 'away');
    await aws('s3', 'cp', file('k'), 's3://cli-away/k');
    expect(await aws('s3', 'cp', 's3://cli-away/k', '-')).toBe('away');
  });
});
