import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipOf } from '../../../local/lambda/write-zip.ts';
import { type Listening, listen } from '../../../local/server.ts';
import { awsCli, hasAwsCli } from '../aws-cli.ts';
import { FUNCTION_ARN, imageFunction, imageUri } from './image-functions.ts';

/** A dozen processes of Python, on a machine that is busy. */
const SLOW = 180_000;

/** AWS CLI Command Reference, `aws lambda`: its own waiters say when AWS counts a function as updated, a version as active. */
describe.skipIf(!hasAwsCli)("the AWS CLI and Lambda (needs Debian's awscli)", () => {
  let folder = '';
  let listening: Listening | undefined;
  let cloud: Awaited<ReturnType<typeof imageFunction>>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-cli-'));
    cloud = await imageFunction();
    listening = await listen(cloud.handle, 0);
  });
  afterAll(async () => {
    await listening?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const cli = awsCli(() => `http://127.0.0.1:${listening?.port}`);
  const aws = (...words: readonly string[]) => cli.json('lambda', ...words);
  const shop = ['--function-name', 'shop'];

  it(
    'update a function, publish a version, and shift an alias to it',
    async () => {
      const { RevisionId } = await aws('get-function-configuration', ...shop);
      const updated = await aws('update-function-code', ...shop, '--image-uri', imageUri('second'), '--revision-id', RevisionId);
      expect(updated).toMatchObject({ LastUpdateStatus: 'InProgress', PackageType: 'Image' });
      await cloud.clock.advance(2000);
      await aws('wait', 'function-updated', ...shop);
      const published = await aws('publish-version', ...shop, '--code-sha256', updated.CodeSha256);
      expect(published).toMatchObject({ Version: '1', FunctionArn: `${FUNCTION_ARN}:1` });
      await aws('create-alias', ...shop, '--name', 'live', '--function-version', '1');
      await aws('update-function-code', ...shop, '--image-uri', imageUri('third'), '--publish');
      await cloud.clock.advance(2000);
      const live = ['--name', 'live'];
      await aws('update-alias', ...shop, ...live, '--routing-config', 'AdditionalVersionWeights={2=0.1}');
      expect(await aws('get-alias', ...shop, ...live)).toMatchObject({
        FunctionVersion: '1',
        RoutingConfig: { AdditionalVersionWeights: { 2: 0.1 } },
      });
      const moved = ['--function-version', '2', '--routing-config', 'AdditionalVersionWeights={}'];
      expect(await aws('update-alias', ...shop, ...live, ...moved)).not.toHaveProperty('RoutingConfig');
      const { Versions } = await aws('list-versions-by-function', ...shop);
      expect(Versions.map(({ Version }: { Version: string }) => Version)).toEqual(['$LATEST', '1', '2']);
      expect(await aws('invoke', ...shop, '--qualifier', 'live', join(folder, 'answer'))).toMatchObject({ ExecutedVersion: '2' });
    },
    SLOW,
  );

  it(
    'make a function of a zip archive in S3',
    async () => {
      const s3 = new S3Client(cloud.access());
      await s3.send(new CreateBucketCommand({ Bucket: 'code', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
      await s3.send(new PutObjectCommand({ Bucket: 'code', Key: 'a.zip', Body: zipOf('index.js', 'exports.handler = 1') }));
      const made = [
        ...['--function-name', 'zipped', '--runtime', 'nodejs22.x', '--handler', 'index.handler'],
        ...['--role', 'arn:aws:iam::123456789012:role/worker', '--code'],
      ];
      expect(await aws('create-function', ...made, 'S3Bucket=code,S3Key=a.zip')).toMatchObject({ PackageType: 'Zip' });
      await expect(
        aws('update-function-code', '--function-name', 'zipped', '--s3-bucket', 'code', '--s3-key', 'b.zip'),
      ).rejects.toThrow('S3 Error Code: NoSuchKey');
      writeFileSync(join(folder, 'b.zip'), zipOf('index.js', 'exports.handler = 2'));
      const file = `fileb://${join(folder, 'b.zip')}`;
      const { CodeSha256 } = await aws('update-function-code', '--function-name', 'zipped', '--zip-file', file);
      expect(CodeSha256).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    },
    SLOW,
  );
});
