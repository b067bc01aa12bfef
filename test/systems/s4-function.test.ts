import { GetAliasCommand, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { startPipeline } from '../scenarios/pipeline.ts';
import { catalogueWith } from '../scenarios/promoting.ts';

const NAME = 'adit-service-prod';
const FunctionName = 'adit';
const STATIC = { from: { bucket: 'adit-builds', prefix: 'static/', by: 'tag' }, to: { bucket: 'adit-site' } };

/** A function with its static files, in prod; CI has put the files of each version into a bucket. */
const started = async (target: Readonly<Record<string, unknown>> = {}, service: Readonly<Record<string, unknown>> = {}) => {
  const catalogue = catalogueWith((source) => {
    delete source['promotions'];
    const { prod } = source['environments'] as { prod: { services: Record<string, Record<string, unknown>> } };
    prod.services[NAME] = {
      ...prod.services[NAME],
      deploy: 'on-request',
      target: { kind: 'lambda', function: FunctionName, static: STATIC, ...target },
      ...service,
    };
  });
  const pipeline = await startPipeline({ catalogue, services: [NAME] });
  const s3 = new S3Client(pipeline.access);
  for (const Bucket of ['adit-builds', 'adit-site'])
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  for (const tag of ['good', 'better', 'crashing'])
    await s3.send(new PutObjectCommand({ Bucket: 'adit-builds', Key: `static/${tag}/index.html`, Body: tag }));
  const lambda = new LambdaClient(pipeline.access);
  return {
    ...pipeline,
    lambda,
    deploy: (tag: string) => pipeline.deploy('prod', `prod:${tag}`, NAME),
    page: async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'adit-site', Key: 'index.html' }));
      return Body?.transformToString();
    },
    runs: async () => (await lambda.send(new GetFunctionCommand({ FunctionName }))).Code?.ResolvedImageUri?.split('@')[1],
  };
};

/** Seconds between the requests of a health check. */
const pausesOf = (log: readonly string[], deployment: string): readonly number[] => {
  const checks = log
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((line) => line.message === 'committed' && line.deployment === deployment && line.from === 'verifying')
    .map(({ time }) => Date.parse(time) / 1000);
  return checks.slice(1).map((at, index) => at - (checks[index] ?? 0));
};

describe('the system "function"', () => {
  it('updates the image of a function without an alias, and its static files (S4.2)', async () => {
    const pipeline = await started();
    await pipeline.deploy('good');
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
    expect(await pipeline.runs()).toBe(await pipeline.digestOf('prod', 'good'));
    expect(await pipeline.page()).toBe('good');
  });

  it('checks its health with exponential back-off, 15 times (S4.3), and then goes back (S4.4)', async () => {
    const pipeline = await started();
    await pipeline.earnFirst('prod', NAME, 900);
    await pipeline.deploy('crashing');
    const { type, detail } = await pipeline.verdict(3600);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason?.message).toMatch(/the health check failed 15 times.* answered 502/);
    // min(2^(n-1), 60) s after failed attempt n
    expect(pausesOf(pipeline.log, detail.deployment).slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(await pipeline.runs()).toBe(await pipeline.digestOf('prod', 'good'));
    expect(await pipeline.page()).toBe('good');
  });

  it('goes back to the image of the previous published version, which is checked with 5 attempts (S4.4)', async () => {
    const pipeline = await started({}, { health: { url: '${env:ADIT_SERVICE_PROD_URL}/', attempts: 1 } });
    await pipeline.earnFirst('prod', NAME, 900);
    await pipeline.deploy('crashing');
    const { detail } = await pipeline.verdict(900);
    expect(detail).toMatchObject({ verdict: 'rolled-back', running: { id: expect.stringMatching(/:function:adit:2$/) } });
  });

  it('is never without what a version needs: files that are missing stop it before the code changes (S4.2)', async () => {
    const pipeline = await started();
    const before = await pipeline.runs();
    await pipeline.deploy('slow');
    const { type, detail } = await pipeline.verdict(900);
    expect(type).toBe('DeploymentFailed');
    expect(detail.reason).toMatchObject({
      code: 'static-missing',
      message: expect.stringContaining('s3://adit-builds/static/slow/'),
    });
    expect(await pipeline.runs()).toBe(before);
  });

  it('has the canary that was wished for: by weights of an alias, with checks between them (S4.9)', async () => {
    const pipeline = await started({ alias: 'live', steps: [{ percent: 10, minutes: 5 }] });
    await pipeline.deploy('better');
    await pipeline.until(({ type }) => type === 'DeploymentStarted');
    const alias = () => pipeline.lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }));
    expect(await alias()).toMatchObject({ FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 2: 0.1 } } });
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
    expect(await alias()).toMatchObject({ FunctionVersion: '2' });
    expect(await alias()).not.toHaveProperty('RoutingConfig');
  });
});
