import { createHash, randomUUID } from 'node:crypto';
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { workerLoader } from '../../../local/lambda/worker-loader.ts';
import { zipOf } from '../../../local/lambda/write-zip.ts';
import { fetchIn } from '../../in-process/fetch.ts';
import { pushArtifact } from '../registry/artifacts.ts';
import { openAddress } from './image-functions.ts';
import { answering, zipFunction } from './zip-functions.ts';

const FunctionName = 'shop';
const FIRST = answering('first');
const SECOND = answering('second');

/** API reference, FunctionConfiguration: CodeSha256. */
const sha = (code: Buffer): string => createHash('sha256').update(code).digest('base64');

describe('a function of a zip archive', () => {
  // API reference, GetFunction: "a link to download the deployment package that's valid for 10 minutes"
  it('has its code, and that of each version, at an address that is good for ten minutes', async () => {
    const { lambda, clock, access, handle, fetch: others } = await zipFunction(FIRST);
    await lambda.send(new PublishVersionCommand({ FunctionName }));
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: SECOND }));
    const fetch = fetchIn({ handle, others });
    const own = new LambdaClient({ ...access(), endpoint: 'http://cloud.test' });
    for (const [Qualifier, code] of [
      ['$LATEST', SECOND],
      ['1', FIRST],
    ] as const) {
      const { Configuration, Code } = await own.send(new GetFunctionCommand({ FunctionName, Qualifier }));
      expect(Configuration?.CodeSha256).toBe(sha(code));
      const answer = await fetch(Code?.Location ?? '');
      expect(sha(Buffer.from(await answer.arrayBuffer()))).toBe(sha(code));
      if (Qualifier === '1') {
        await clock.advance(601_000);
        expect((await fetch(Code?.Location ?? '')).status).toBe(403);
      }
    }
  });

  it('answers requests at its address by what is in the archive, and by the new one when it is updated', async () => {
    const load = workerLoader({ endpoint: 'http://127.0.0.1:1', log: () => undefined });
    const { lambda, clock, fetch, stop } = await zipFunction(FIRST, undefined, load);
    const url = await openAddress(lambda);
    const says = async () => (await fetch(url)).text();
    expect(await says()).toBe('first');
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: SECOND }));
    expect(await says()).toBe('first');
    await clock.advance(2000);
    expect(await says()).toBe('second');
    await stop();
  });

  it('is updated with an archive that another cloud, of the same seed, is given at the same moment', async () => {
    const clouds = [await zipFunction(FIRST), await zipFunction(FIRST)];
    const ZipFile = answering(`both, ${randomUUID()}`);
    const updates = clouds.map(({ lambda }) => lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile })));
    for (const { CodeSha256 } of await Promise.all(updates)) expect(CodeSha256).toBe(sha(ZipFile));
  });

  // The message is Lambda's, as its users quote it; Developer Guide, "Lambda quotas": 50 MB zipped, 250 MB unzipped
  it('takes an archive of 50 MB in a request, and no larger one', async () => {
    const { lambda } = await zipFunction(FIRST);
    const stuffed = (bytes: number) => zipOf('filler', 'x'.repeat(bytes));
    const most = 50 * 1024 * 1024;
    const update = (ZipFile: Uint8Array) => lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile, DryRun: true }));
    expect((await update(stuffed(most - 200))).CodeSha256).toMatch(/=$/);
    await expect(update(stuffed(most + 400_000))).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      message: 'Request must be smaller than 70167211 bytes for the UpdateFunctionCode operation',
      $metadata: expect.objectContaining({ httpStatusCode: 413 }),
    });
  });

  it('takes nothing that is no zip archive', async () => {
    const { lambda } = await zipFunction(FIRST);
    await expect(
      lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: Buffer.from('no zip') })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException', message: expect.stringContaining('Could not unzip') });
  });
});

describe('a function of an image', () => {
  it('is not made of another artifact', async () => {
    const { lambda, access, handle } = await zipFunction(FIRST);
    await new ECRClient(access()).send(new CreateRepositoryCommand({ repositoryName: 'functions' }));
    await pushArtifact({ handle, access: access() }, 'functions', 'v1', [{ bytes: FIRST }]);
    const ImageUri = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/functions:v1';
    const Role = 'arn:aws:iam::123456789012:role/worker';
    await expect(
      lambda.send(new CreateFunctionCommand({ FunctionName: 'image', PackageType: 'Image', Code: { ImageUri }, Role })),
    ).rejects.toMatchObject({
      message: `The image manifest, config or layer media type for the source image ${ImageUri} is not supported.`,
    });
  });
});
