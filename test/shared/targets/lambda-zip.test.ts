import {
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../local/errors.ts';
import { zipOf } from '../../../local/lambda/write-zip.ts';
import type { Rollout } from '../../../shared/deployment/observations.ts';
import { artifactCalls } from '../../../shared/targets/lambda/artifacts.ts';
import { archiveIn } from '../../../shared/targets/lambda/zip-manifest.ts';
import { lambda as module } from '../../../shared/targets/lambda.ts';
import { NotYetError } from '../../../shared/targets/not-yet.ts';
import type { Job, Restored, Started } from '../../../shared/targets/target.ts';
import { FUNCTION_ARN, REPOSITORY } from '../../local/lambda/image-functions.ts';
import { artifactManifest } from '../../local/registry/artifacts.ts';
import { sha256 } from '../../local/registry/images.ts';
import { lambdaFunction } from './lambda-stage.ts';
import { archive, zipFunctionOf } from './zip-stage.ts';

type Local = Awaited<ReturnType<typeof zipFunctionOf>>;

const FunctionName = 'shop';
const LIVE = { alias: 'live' };

const lookedAt = async ({ target }: Pick<Local, 'target'>, job: Job): Promise<Job> => {
  const looked = await target().current(job);
  if (looked.kind === 'refused') throw new Error(looked.failure.message);
  return { ...job, before: looked.current };
};

const patiently = async <T>({ clock }: Pick<Local, 'clock'>, ask: (again: boolean) => Promise<T>): Promise<T> => {
  for (let again = false; ; again = true) {
    try {
      return await ask(again);
    } catch (error) {
      if (!(error instanceof NotYetError)) throw error;
      await clock.advance(error.seconds * 1000);
    }
  }
};

const started = (local: Pick<Local, 'clock' | 'target'>, job: Job): Promise<Started> =>
  patiently(local, (again) => local.target().start({ ...job, again }));

const rolledOut = async (local: Local, tag: string): Promise<Job & { readonly rollout: Rollout }> => {
  const job = await lookedAt(local, await local.job(tag));
  const answer = await started(local, job);
  if (answer.kind === 'refused') throw new Error(answer.failure.message);
  return { ...job, rollout: answer.rollout };
};

const restored = (local: Local, job: Job): Promise<Restored> =>
  patiently(local, async () => {
    if (job.before === undefined) throw new Error('nothing ran before');
    return local.target().restore(job, job.before.revision);
  });

/** Of what serves, as Lambda tells it. */
const runs = async ({ lambda }: Local, Qualifier?: string) => {
  const which = Qualifier === undefined ? {} : { Qualifier };
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName, ...which }));
  return `sha256:${Buffer.from(Configuration?.CodeSha256 ?? '', 'base64').toString('hex')}`;
};

const versions = async ({ lambda }: Local) => {
  const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
  return Versions.flatMap(({ Version, Description }) => (Version === '$LATEST' ? [] : [[Version, Description]]));
};

describe('a function of a zip archive', () => {
  it.each([LIVE, {}])('gets the archive of the artifact, and its version says which artifact that is (%o)', async (config) => {
    const local = await zipFunctionOf(config);
    const { rollout } = await rolledOut(local, 'second');
    const digest = local.digestOf('second');
    expect(rollout.revision).toEqual({ id: `${FUNCTION_ARN}:2`, image: `${REPOSITORY}@${digest}`, digest });
    expect(await runs(local, '2')).toBe(sha256(archive('second')));
    expect(await versions(local)).toEqual([
      ['1', `switchyard d-0 ${local.digestOf('first')}`],
      ['2', `switchyard d-1 ${digest}`],
    ]);
    const looked = await local.target().current(await local.job('second'));
    expect(looked).toMatchObject({ current: { revision: rollout.revision, settled: true } });
  });

  // what a version says counts for that version's own archive alone
  it('is of an unknown artifact where somebody else has put the archive in', async () => {
    const local = await zipFunctionOf();
    await local.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: archive('third') }));
    await local.clock.advance(2000);
    const image = `zip:${sha256(archive('third'))}`;
    expect(await local.target().current(await local.job('second'))).toMatchObject({
      current: { revision: { id: image, image } },
    });
    const { FunctionArn } = await local.lambda.send(new PublishVersionCommand({ FunctionName, Description: 'by hand' }));
    expect(await local.target().current(await local.job('second'))).toMatchObject({
      current: { revision: { id: FunctionArn, image } },
    });
  });

  // ORAS writes the time into the manifest: the same archive, pushed twice, is two artifacts
  it('that runs the archive already is not updated with the same from another artifact', async () => {
    const local = await zipFunctionOf(LIVE);
    const parts = [{ bytes: archive('first') }];
    const later = { 'org.opencontainers.image.created': '2026-03-02T12:00:00Z' };
    const digest = await local.push('again', parts, artifactManifest(parts, { annotations: later }));
    expect(digest).not.toBe(local.digestOf('first'));
    const job = await lookedAt(local, local.jobFor(digest));
    expect(await started(local, job)).toMatchObject({
      kind: 'started',
      rollout: { revision: { id: `${FUNCTION_ARN}:1`, digest } },
    });
    expect(local.calls.filter((action) => action.startsWith('Update'))).toEqual([]);
  });

  // whose start died, and somebody else was quicker
  it('whose alias somebody else has moved to the archive that is asked for runs the artifact that is asked for', async () => {
    const local = await zipFunctionOf(LIVE);
    const job = await lookedAt(local, await local.job('second'));
    await local.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: archive('second'), Publish: true }));
    await local.lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '2' }));
    const digest = local.digestOf('second');
    expect(await local.target().start({ ...job, again: true })).toMatchObject({
      kind: 'started',
      rollout: { revision: { id: `${FUNCTION_ARN}:2`, image: `${REPOSITORY}@${digest}`, digest } },
    });
  });

  it('that somebody changes between the look and the call is looked at again', async () => {
    for (const error of [
      new AwsError('PreconditionFailedException', 'The Revision Id provided does not match', { status: 412 }),
      new AwsError('ResourceConflictException', 'An update is in progress', { status: 409 }),
    ]) {
      const local = await zipFunctionOf(LIVE);
      const job = await lookedAt(local, await local.job('second'));
      let broken = false;
      local.faults.next = (action) => {
        if (action !== 'UpdateFunctionCode' || broken) return undefined;
        broken = true;
        return { before: error };
      };
      expect(await started(local, job)).toMatchObject({ kind: 'started' });
    }
  });

  it('whose archive AWS does not hand out at the moment is tried again later', async () => {
    const local = await zipFunctionOf(LIVE);
    const job = await lookedAt(local, await local.job('second'));
    local.faults.next = (action) =>
      action === 'GET layers'
        ? { before: new AwsError('SlowDown', 'Please reduce your request rate.', { status: 503 }) }
        : undefined;
    await expect(local.target().start(job)).rejects.toThrow('the answer is 503');
  });
});

describe('the way back of a function of a zip archive', () => {
  it.each([LIVE, {}])('is the version, whoever has published it, and asks no registry (%o)', async (config) => {
    const local = await zipFunctionOf(config, { byOthers: true });
    const job = await rolledOut(local, 'second');
    local.calls.length = 0;
    expect(await restored(local, job)).toMatchObject({ kind: 'called', rollout: { revision: job.before?.revision } });
    expect(local.calls.filter((action) => action.startsWith('ecr:'))).toEqual([]);
    await local.clock.advance(2000);
    if (config === LIVE) {
      const { FunctionVersion } = await local.lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }));
      expect(FunctionVersion).toBe('1');
    } else expect(await runs(local)).toBe(sha256(archive('first')));
  });

  it('without an alias, and never published, is kept as a version before it is replaced (S4.4)', async () => {
    const local = await zipFunctionOf({}, { unpublished: true });
    const job = await rolledOut(local, 'second');
    const image = `zip:${sha256(archive('first'))}`;
    expect(job.before?.revision).toEqual({ id: image, image });
    expect(await versions(local)).toEqual([
      ['1', 'before switchyard d-1'],
      ['2', `switchyard d-1 ${local.digestOf('second')}`],
    ]);
    expect(await restored(local, job)).toMatchObject({
      kind: 'called',
      rollout: { revision: { id: `${FUNCTION_ARN}:1`, image } },
    });
    await local.clock.advance(2000);
    expect(await runs(local)).toBe(sha256(archive('first')));
    expect(await versions(local)).toHaveLength(2);
  });

  it('to a version that was deleted, and of which nobody says what it came in, is refused in a sentence', async () => {
    const local = await zipFunctionOf(LIVE, { byOthers: true });
    const job = await rolledOut(local, 'second');
    await local.lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '1' }));
    expect(await restored(local, job)).toMatchObject({
      kind: 'refused',
      failure: { code: 'archive-gone', message: expect.stringContaining(`${FUNCTION_ARN}:1`) },
    });
  });

  it('to a version that was deleted is another of the same archive, where there is one', async () => {
    const local = await zipFunctionOf(LIVE, { byOthers: true });
    const job = await rolledOut(local, 'second');
    await local.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: archive('first') }));
    await local.clock.advance(2000);
    await local.lambda.send(new PublishVersionCommand({ FunctionName }));
    await local.lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '1' }));
    expect(await restored(local, job)).toMatchObject({ kind: 'called', rollout: { revision: { id: `${FUNCTION_ARN}:3` } } });
  });

  it('to an artifact that the repository has no more, and a version that was deleted, says so', async () => {
    const local = await zipFunctionOf();
    const job = await rolledOut(local, 'second');
    await local.lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '2' }));
    await local.lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier: '1' }));
    const missing = `sha256:${'0'.repeat(64)}`;
    const to = { id: `${FUNCTION_ARN}:1`, image: `${REPOSITORY}@${missing}`, digest: missing };
    const answer = await local.target().restore(job, to);
    expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'artifact-missing' } });
  });
});

describe('what a function of a zip archive cannot be made of', () => {
  const two = [{ bytes: archive('second') }, { bytes: archive('third') }];
  const image = [{ bytes: Buffer.from('a layer'), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }];
  const large = { bytes: archive('second'), size: 52_428_801 };

  it.each([
    ['an image', 'artifact-not-zip', image, 'oras push <repository>:<tag> function.zip:application/zip'],
    ['two archives', 'artifact-several-files', two, 'it has 2 files'],
    ['an archive of more than 50 MB', 'artifact-too-large', [large], '52428801 bytes, and Lambda takes 52428800'],
  ])('is %s (%s), and nothing is changed', async (_, code, parts, words) => {
    for (const config of [LIVE, {}]) {
      const local = await zipFunctionOf(config);
      const job = await lookedAt(local, local.jobFor(await local.push('bad', parts)));
      const answer = await local.target().start(job);
      expect(answer).toEqual({
        kind: 'refused',
        failure: { code, message: expect.stringContaining(words), evidence: false },
      });
      expect(local.calls.filter((action) => !/^(Get|List|ecr:BatchGetImage)/.test(action))).toEqual([]);
    }
  });

  it('is what another repository has, or its own has no more', async () => {
    const local = await zipFunctionOf(LIVE);
    const job = await lookedAt(local, await local.job('second'));
    const digest = `sha256:${'0'.repeat(64)}`;
    const other = { repository: `${REPOSITORY}-other`, digest: local.digestOf('second'), platforms: [] };
    expect(await local.target().start({ ...job, image: other })).toMatchObject({
      failure: { code: 'artifact-elsewhere', message: expect.stringContaining(`archives for it are in ${REPOSITORY};`) },
    });
    expect(await local.target().start({ ...job, image: { ...other, repository: REPOSITORY, digest } })).toMatchObject({
      failure: { code: 'artifact-missing' },
    });
  });

  it('is what calls itself a zip archive and is none: Lambda refuses it', async () => {
    const local = await zipFunctionOf(LIVE);
    const job = await lookedAt(local, local.jobFor(await local.push('bad', [{ bytes: Buffer.from('no zip') }])));
    expect(await local.target().start(job)).toMatchObject({
      kind: 'refused',
      failure: { code: 'lambda-refused', message: expect.stringContaining('Could not unzip') },
    });
    expect(await runs(local)).toBe(sha256(archive('first')));
  });

  it('is an archive that is not what its digest promises', async () => {
    const fetch = async () => new Response('something else');
    const { download } = artifactCalls({ client: (Client) => new Client({}), fetch, signal: () => new AbortController().signal });
    await expect(download('http://s3.test/layer', sha256(archive('second')), 'shop:second')).rejects.toMatchObject({
      failure: { code: 'artifact-damaged', message: expect.stringContaining(sha256(Buffer.from('something else'))) },
    });
  });

  // OCI image specification 1.1, "Image Manifest": layers, mediaType, digest, size
  it.each([
    ['an index', { manifests: [] }, 'it is an index of several images'],
    ['a Helm chart', { config: { mediaType: 'application/vnd.cncf.helm.config.v1+json' }, layers: [] }, 'helm'],
    ['without a size', { layers: [{ mediaType: 'application/zip', digest: sha256(Buffer.from('')) }] }, 'digest or size'],
  ])('is an artifact that is %s', (_, manifest, words) => {
    expect(() => archiveIn(JSON.stringify(manifest), 'deploy')).toThrow(words);
  });

  it('is not an archive of 50 MB', () => {
    const { digest, size } = { digest: sha256(Buffer.from('x')), size: 50 * 1024 * 1024 };
    const layers = [{ mediaType: 'application/zip', digest, size }];
    expect(archiveIn(JSON.stringify({ layers }), 'deploy')).toBe(digest);
  });
});

describe('a function without an alias whose archive came from S3', () => {
  it('and is larger than a request may be is refused, since nothing could bring it back', async () => {
    const local = await zipFunctionOf();
    const s3 = new S3Client({ ...local.access(), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'code', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
    const Body = zipOf('index.mjs', `//${'x'.repeat(52_428_800)}`);
    await s3.send(new PutObjectCommand({ Bucket: 'code', Key: 'large.zip', Body }));
    await local.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, S3Bucket: 'code', S3Key: 'large.zip' }));
    await local.clock.advance(2000);
    expect(await local.target().current(await local.job('second'))).toMatchObject({
      failure: { code: 'archive-too-large', message: expect.stringContaining(`${Body.length} bytes`) },
    });
    const { config, ...job } = await local.job('second');
    expect(await local.target().current({ ...job, config: { ...config, ...LIVE } })).toMatchObject({ kind: 'current' });
  });
});

describe('the permissions of a function of a zip archive', () => {
  const of = (repository: string) =>
    module.permissions(
      { kind: 'lambda', function: 'shop', zip: { repository } },
      { account: '123456789012', region: 'eu-west-1' },
    );

  // Service Authorization Reference, "Amazon Elastic Container Registry": both are on a repository
  it('are to read its repository, wherever that is, and no other, where archives are put in', () => {
    const { current, start, observe, restore } = of('210987654321.dkr.ecr.us-east-1.amazonaws.com/team/shop');
    const archives = {
      actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: ['arn:aws:ecr:us-east-1:210987654321:repository/team/shop'],
    };
    for (const statements of [start, restore]) expect(statements).toContainEqual(archives);
    expect(JSON.stringify([current, observe])).not.toContain('ecr:');
  });

  it('are not given for what is no repository of Amazon ECR', () => {
    expect(() => of('docker.io/shop')).toThrow('docker.io/shop is no repository of Amazon ECR');
  });
});

describe('a function that is packaged otherwise than the catalogue says', () => {
  it('is refused, with both ways out', async () => {
    const zipped = await zipFunctionOf(LIVE);
    const { config, ...job } = await zipped.job('second');
    const { zip: _, ...without } = config;
    expect(await zipped.target().current({ ...job, config: without as Job['config'] })).toMatchObject({
      failure: { code: 'function-not-image', message: expect.stringContaining('say so with "zip" in the catalogue') },
    });
    const ofImage = await lambdaFunction({ ...LIVE, zip: { repository: REPOSITORY } });
    expect(await ofImage.target().current(await ofImage.job('second'))).toMatchObject({
      failure: { code: 'function-not-zip', message: expect.stringContaining('take "zip" out of the catalogue') },
    });
  });

  it('of an image gets no other artifact, and nothing is changed', async () => {
    const local = await lambdaFunction(LIVE);
    const job = await lookedAt(local, await local.job('second'));
    const { repository, digest } = job.image ?? { repository: '', digest: '' };
    const image = { repository, digest, platforms: [], artifact: 'application/vnd.unknown.artifact.v1' };
    const made = local.calls.length;
    expect(await local.target().start({ ...job, image })).toMatchObject({
      kind: 'refused',
      failure: { code: 'artifact-not-image', message: expect.stringContaining('application/vnd.unknown.artifact.v1') },
    });
    expect(local.calls.slice(made)).toEqual(['GetAlias', 'GetFunction']);
  });
});
