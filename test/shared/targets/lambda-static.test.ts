import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { cacheOf, typeOf } from '../../../shared/targets/lambda/static/config.ts';
import { NotYetError } from '../../../shared/targets/not-yet.ts';
import type { Job, Started } from '../../../shared/targets/target.ts';
import { amount } from '../../amount.ts';
import { lambdaFunction } from './lambda-stage.ts';

const STATIC = { from: { bucket: 'builds', prefix: 'app/', by: 'tag' as const }, to: { bucket: 'site', prefix: 'web/' } };
const DAY = 24 * 3600 * 1000;

/** Two versions of a site: the page names the script by its hash. */
const SITES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  second: { 'index.html': 'page 2', 'app.2a9c3f1b.js': 'script 2', 'logo.svg': 'logo' },
  third: { 'index.html': 'page 3', 'app.3b9c3f1b.js': 'script 3', 'logo.svg': 'logo' },
};

const staged = async (config: Readonly<Record<string, unknown>> = { alias: 'live' }) => {
  const local = await lambdaFunction({ ...config, static: STATIC });
  const s3 = new S3Client(local.access());
  const put = (Bucket: string, Key: string, Body: string, more: object = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  for (const Bucket of ['builds', 'site'])
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  for (const [tag, files] of Object.entries(SITES))
    for (const [key, body] of Object.entries(files)) await put('builds', `app/${tag}/${key}`, body);
  await put('site', 'web/index.html', 'page 1');
  await put('site', 'elsewhere.txt', 'not ours');
  const keys = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'site' }));
    return Contents.flatMap(({ Key = '' }) => (Key.includes('.switchyard/') ? [] : [Key]));
  };
  const object = async (Key: string) => {
    const { Body, ContentType, CacheControl } = await s3.send(new GetObjectCommand({ Bucket: 'site', Key }));
    return { body: await Body?.transformToString(), ContentType, CacheControl };
  };
  const jobOf = async (tag: string): Promise<Job> => {
    const job: Job = { ...(await local.job(tag)), named: { tag } };
    const looked = await local.target().current(job);
    if (looked.kind === 'refused') throw new Error(looked.failure.message);
    return { ...job, before: looked.current };
  };
  const start = async (job: Job): Promise<Started> => {
    for (let again = job.again; ; again = true) {
      try {
        return await local.target().start({ ...job, again });
      } catch (error) {
        if (!(error instanceof NotYetError)) throw error;
        await local.clock.advance(2000);
      }
    }
  };
  const deploy = async (tag: string): Promise<Job> => {
    const job = await jobOf(tag);
    const started = await start(job);
    if (started.kind === 'refused') throw new Error(started.failure.message);
    return { ...job, rollout: started.rollout };
  };
  return { ...local, s3, put, keys, object, jobOf, start, deploy };
};

const page = async ({ object }: Awaited<ReturnType<typeof staged>>) => (await object('web/index.html')).body;

describe('static files', () => {
  it('are copied with their types and how long they may be cached, before the code changes', async () => {
    const local = await staged();
    await local.put('builds', 'app/second/feed', '{}', { ContentType: 'application/feed+json', CacheControl: 'max-age=5' });
    await local.deploy('second');
    expect(await local.keys()).toEqual(['elsewhere.txt', 'web/app.2a9c3f1b.js', 'web/feed', 'web/index.html', 'web/logo.svg']);
    expect(await local.object('web/index.html')).toEqual({
      body: 'page 2',
      ContentType: 'text/html; charset=utf-8',
      CacheControl: 'no-cache',
    });
    expect(await local.object('web/app.2a9c3f1b.js')).toMatchObject({
      ContentType: 'text/javascript; charset=utf-8',
      CacheControl: 'public, max-age=31536000, immutable',
    });
    expect(await local.object('web/logo.svg')).toMatchObject({
      ContentType: 'image/svg+xml',
      CacheControl: 'public, max-age=300',
    });
    expect(await local.object('web/feed')).toMatchObject({ ContentType: 'application/feed+json', CacheControl: 'max-age=5' });
    const copied = local.calls.lastIndexOf('CopyObject');
    expect(copied).toBeGreaterThan(0);
    expect(copied).toBeLessThan(local.calls.indexOf('UpdateFunctionCode'));
  });

  it('that are there already are not copied again, and pages are copied last', async () => {
    const local = await staged();
    await local.deploy('second');
    local.calls.length = 0;
    const copied: string[] = [];
    const { next } = local.faults;
    local.faults.next = (action, count) => {
      if (action === 'HeadObject') copied.push(action);
      return next(action, count);
    };
    await local.deploy('third');
    // the script and the page; the logo is the same, and what the first version had is known
    expect(copied).toHaveLength(2);
    expect(await page(local)).toBe('page 3');
  });

  it.each([{ alias: 'live' }, {}])('are brought back with the function (%o)', async (config) => {
    const local = await staged(config);
    await local.deploy('second');
    const job = await local.deploy('third');
    if (job.before === undefined) throw new Error('nothing ran before');
    expect(await local.target().restore(job, job.before.revision)).toMatchObject({ kind: 'called' });
    expect(await page(local)).toBe('page 2');
    // what the version brought that was left is still there, for whoever has its page open
    expect(await local.keys()).toContain('web/app.3b9c3f1b.js');
  });

  it('that were there before anything was deployed are brought back, too', async () => {
    const local = await staged();
    const job = await local.deploy('second');
    if (job.before === undefined) throw new Error('nothing ran before');
    await local.target().restore(job, job.before.revision);
    expect(await page(local)).toBe('page 1');
    expect(await local.object('elsewhere.txt')).toMatchObject({ body: 'not ours' });
  });

  it('of a version that was replaced are removed by a deployment after their time, and nothing else is', async () => {
    const local = await staged();
    await local.deploy('second');
    await local.deploy('third');
    await local.clock.advance(6 * DAY);
    await local.put('builds', 'app/first/index.html', 'page 4');
    await local.deploy('first');
    expect(await local.keys()).toContain('web/app.2a9c3f1b.js');
    await local.clock.advance(2 * DAY);
    await local.deploy('third');
    expect(await local.keys()).toEqual(['elsewhere.txt', 'web/app.3b9c3f1b.js', 'web/index.html', 'web/logo.svg']);
  });
});

describe('static files that cannot be copied', () => {
  it('because CI has put none there leave everything as it was, and say where they are missing', async () => {
    const local = await staged();
    const job = { ...(await local.jobOf('second')), named: { tag: 'v9' } };
    const answer = await local.start(job);
    expect(answer).toEqual({
      kind: 'refused',
      failure: { code: 'static-missing', message: expect.stringContaining('s3://builds/app/v9/'), evidence: false },
    });
    expect(local.calls).not.toContain('UpdateFunctionCode');
    expect(await page(local)).toBe('page 1');
  });

  it('because the request does not say which they are are refused', async () => {
    const local = await staged();
    const { named: _, ...job } = await local.jobOf('second');
    expect(await local.start(job)).toMatchObject({ kind: 'refused', failure: { code: 'static-missing' } });
  });

  it('because the bucket refuses leave what serves, and say what to allow', async () => {
    const local = await staged();
    const Statement = [{ Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: 'arn:aws:s3:::site/*' }];
    await local.s3.send(
      new PutBucketPolicyCommand({ Bucket: 'site', Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
    );
    const answer = await local.start(await local.jobOf('second'));
    expect(answer).toMatchObject({ kind: 'refused', begun: true, failure: { code: 'bucket-refuses', evidence: false } });
    expect(local.calls).not.toContain('UpdateFunctionCode');
    expect(await page(local)).toBe('page 1');
  });

  it('back, because CI has removed them, are named; the function has gone back all the same', async () => {
    const local = await staged();
    await local.deploy('second');
    const job = await local.deploy('third');
    if (job.before === undefined) throw new Error('nothing ran before');
    await local.s3.send(new DeleteObjectCommand({ Bucket: 'builds', Key: 'app/second/index.html' }));
    expect(await local.target().restore(job, job.before.revision)).toMatchObject({
      kind: 'refused',
      failure: { code: 'static-missing', message: expect.stringContaining('2 of 3 left') },
    });
    expect(await local.target().current(job)).toMatchObject({ current: { revision: job.before.revision } });
  });
});

describe('a crash while static files are copied', () => {
  const CRASH = new Error('crash');
  const isOfS3 = (action: string) => /Object/.test(action);

  /** One call in so many. */
  const EVERY = amount(12, 1);

  it(`at any call, before or after it, is healed by starting again (one in ${EVERY})`, async () => {
    for (const when of ['before', 'after'] as const)
      for (let at = 1; ; at += EVERY) {
        const local = await staged();
        const job = await local.jobOf('second');
        let seen = 0;
        let crashed = false;
        local.faults.next = (action) => {
          // from then on the same is only looked at once more
          if (local.calls.includes('UpdateFunctionCode') || !isOfS3(action)) return undefined;
          seen += 1;
          if (seen !== at) return undefined;
          crashed = true;
          return { [when]: CRASH };
        };
        const first = await local.start(job).then(
          () => 'started',
          () => 'crashed',
        );
        if (!crashed) {
          expect(at).toBeGreaterThan(15);
          break;
        }
        expect(first).toBe('crashed');
        const started = await local.start({ ...job, again: true });
        if (started.kind === 'refused' || job.before === undefined) throw new Error('it was refused');
        expect(await page(local)).toBe('page 2');
        await local.target().restore({ ...job, rollout: started.rollout }, job.before.revision);
        expect(await page(local)).toBe('page 1');
      }
  }, 300_000);
});

describe('what browsers are told', () => {
  it.each([
    ['app.3f2a9c1b.js', 'public, max-age=31536000, immutable'],
    ['index-BxK3f9aQ.css', 'public, max-age=31536000, immutable'],
    ['a/index.HTML', 'no-cache'],
    ['app.bundle-modules.js', 'public, max-age=300'],
    ['robots.txt', 'public, max-age=300'],
  ])('of %s is %s', (key, cache) => {
    expect(cacheOf(STATIC, key)).toBe(cache);
  });

  it.each([
    [undefined, 'a.css', 'text/css; charset=utf-8'],
    ['binary/octet-stream', 'a.woff2', 'font/woff2'],
    ['application/octet-stream', 'a', 'application/octet-stream'],
    ['text/plain', 'a.html', 'text/plain'],
  ])('of the type %s and the name %s is %s', (told, key, type) => {
    expect(typeOf(told, key)).toBe(type);
  });
});
