import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { CreateBucketCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { terraformProject } from '../../infrastructure/terraform/template.ts';
import { systemClock } from '../../local/clock.ts';
import { createCloud } from '../../local/cloud.ts';
import { processBuilds } from '../../local/codebuild/process-builds.ts';
import { createImages, overHttp } from '../../local/example-images.ts';
import imageFile from '../../local/images.json' with { type: 'json' };
import type { ImageFile } from '../../local/images.ts';
import { inProcessLoader } from '../../local/lambda/in-process-loader.ts';
import { zipOfFiles } from '../../local/lambda/write-zip.ts';
import { socketNetwork } from '../../local/network/socket-network.ts';
import type { BuildHost } from '../../local/ports.ts';
import { listen } from '../../local/server.ts';
import { parseTemplate } from '../../local/stack/template.ts';
import type { Observation, Rollout } from '../../shared/deployment/observations.ts';
import type { Job } from '../../shared/targets/target.ts';
import { terraform } from '../../shared/targets/terraform.ts';

const REPOSITORY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/preprod';
const FOLDER = new URL('../../infrastructure/terraform/', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, FOLDER), 'utf8');

const isThere = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
const canRun = ['terraform', 'aws', 'jq', 'bash'].every(isThere);

/** The example; a part that fails on its way, and one that only some images have. */
const MODULE = {
  'main.tf': `${textOf('example/main.tf')}
resource "terraform_data" "fragile" {
  input            = var.image_tag
  triggers_replace = [terraform_data.release.output.image_tag == "crashing"]
  provisioner "local-exec" {
    command = var.image_tag == "crashing" ? "echo the disk is full >&2; exit 1" : "true"
  }
}
resource "terraform_data" "cache" {
  count = var.image_tag == "slow" ? 0 : 1
}
`,
  'environments/prod.tfvars': textOf('example/environments/prod.tfvars'),
};

const MAY_DESTROY = ['terraform_data'];

const open = async (root: string) => {
  const over = new Map<string, { readonly promise: Promise<void>; readonly end: () => void }>();
  const ending = (id: string) => {
    const known = over.get(id);
    if (known !== undefined) return known;
    let end: () => void = () => undefined;
    const promise = new Promise<void>((resolve) => {
      end = resolve;
    });
    const made = { promise, end };
    over.set(id, made);
    return made;
  };
  const processes = processBuilds(join(root, 'builds'));
  const builds: BuildHost = {
    open(order) {
      const machine = processes.open(order);
      const close = async () => {
        await machine.close();
        ending(order.id).end();
      };
      return { ...machine, close };
    },
  };
  const cloud = await createCloud({
    clock: systemClock(),
    random: Math.random,
    network: socketNetwork(),
    builds,
    load: inProcessLoader(() => () => undefined),
    log: () => undefined,
  });
  const listening = await listen(cloud.handle, 0);
  const endpoint = `http://127.0.0.1:${listening.port}`;
  const access = { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  await createImages(access, overHttp(endpoint), { preprod: imageFile.preprod } as unknown as ImageFile);
  const s3 = new S3Client({ ...access, forcePathStyle: true });
  const LocationConstraint = 'eu-west-1';
  for (const Bucket of ['shop-modules', 'shop-state'])
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
  await s3.send(new PutObjectCommand({ Bucket: 'shop-modules', Key: 'shop.zip', Body: zipOfFiles(MODULE) }));
  const dynamodb = new DynamoDBClient(access);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'locks',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'LockID', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'LockID', KeyType: 'HASH' }],
    }),
  );
  const template = terraformProject(
    {
      ...{ name: 'shop-infrastructure', source: 'shop-modules/shop.zip', stateBucket: 'shop-state', stateKeys: 'prod/' },
      ...{ lockTable: 'locks', repositories: ['preprod'], policies: [], terraformVersion: '', timeoutInMinutes: 30 },
    },
    textOf('buildspec.yml').replace('TERRAFORM_LOCK_TIMEOUT: 30s', 'TERRAFORM_LOCK_TIMEOUT: 0s'),
  );
  await cloud.createStack({ name: 'shop', template: parseTemplate(template), folder: root, host: `127.0.0.1:${listening.port}` });
  const ecr = new ECRClient(access);
  const jobFor = async (deployment: string, tag: string, config: object = {}): Promise<Job> => {
    const { imageDetails: [image] = [] } = await ecr.send(
      new DescribeImagesCommand({ repositoryName: 'preprod', imageIds: [{ imageTag: tag }] }),
    );
    const own = { kind: 'terraform', environment: 'prod', service: 'shop', project: 'shop-infrastructure', bucket: 'shop-state' };
    return {
      deployment,
      config: { ...own, values: 'environments/prod.tfvars', mayDestroy: MAY_DESTROY, ...config },
      image: { repository: REPOSITORY, digest: image?.imageDigest ?? '', platforms: [] },
      named: { tag },
      again: false,
    };
  };
  const target = () => {
    const client = <T>(Client: new (configuration: object) => T): T =>
      new Client({ ...access, forcePathStyle: true, maxAttempts: 1 });
    return terraform.create({ client, fetch: globalThis.fetch, now: Date.now, signal: () => AbortSignal.timeout(10_000) });
  };
  const current = async (job: Job) => {
    const looked = await target().current(job);
    if (looked.kind === 'refused') throw new Error(looked.failure.message);
    return looked.current;
  };
  const ended = async (job: Job, rollout: Rollout): Promise<Observation> => {
    await ending(rollout.id).promise;
    return target().observe(job, rollout);
  };
  return {
    s3,
    dynamodb,
    target,
    jobFor,
    current,
    ended,
    close: async () => {
      await cloud.stop();
      await listening.close();
    },
    bring: async (deployment: string, tag: string, config: object = {}) => {
      const job = await jobFor(deployment, tag, config);
      const before = await current(job);
      const started = await target().start({ ...job, before });
      if (started.kind === 'refused') throw new Error(started.failure.message);
      const { rollout } = started;
      return { job: { ...job, before, rollout }, rollout, before, seen: await ended(job, rollout) };
    },
    outputsOf: async (Key = 'prod/shop.tfstate') => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'shop-state', Key }));
      return JSON.parse((await Body?.transformToString()) ?? '').outputs;
    },
    logOf: async (id: string) => {
      const { builds: [build] = [] } = await new CodeBuildClient(access).send(new BatchGetBuildsCommand({ ids: [id] }));
      return readFileSync(new URL(build?.logs?.deepLink ?? ''), 'utf8');
    },
  };
};

const noteIn = (seen: Observation): string => ('note' in seen && typeof seen.note === 'string' ? seen.note : '');

/** In Terraform's own words. */
const planIn = (log: string): string => /Plan: (\d+ to add, \d+ to change, \d+ to destroy)/.exec(log)?.[1] ?? 'no plan';

const failureIn = (seen: Observation) => {
  if (seen.phase !== 'failed') throw new Error(`it is ${JSON.stringify(seen)}`);
  return seen.failure;
};

describe.skipIf(!canRun)('Terraform itself, by the project’s buildspec (needs terraform, the AWS CLI and jq) (S2.2)', () => {
  let root = '';
  let local: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'switchyard-terraform-'));
    local = await open(root);
  });
  afterAll(async () => {
    await local.close();
    rmSync(root, { recursive: true, force: true });
  });

  it('applies the tag of each environment’s own, tells its plan, and goes back to the tag before', {
    timeout: 300_000,
  }, async () => {
    const first = await local.bring('d-1', 'good');
    expect(first.before.revision.id).toBe('nothing');
    expect(first.seen, await local.logOf(first.rollout.id)).toMatchObject({ phase: 'completed', desired: 1 });
    const note = noteIn(first.seen);
    expect(note).toContain(planIn(await local.logOf(first.rollout.id)));
    expect(note).toContain('create terraform_data.replica[2]');
    expect(await local.outputsOf()).toMatchObject({ image_tag: { value: 'good' } });

    const second = await local.bring('d-2', 'better');
    expect(second.before.revision).toEqual(first.rollout.revision);
    expect(second.seen).toMatchObject({ phase: 'completed' });
    expect(noteIn(second.seen)).toContain(planIn(await local.logOf(second.rollout.id)));
    expect(noteIn(second.seen)).toContain('replace terraform_data.fragile, update terraform_data.release');
    const back = await local.target().restore(second.job, second.before.revision);
    if (back.kind !== 'called') throw new Error(JSON.stringify(back));
    expect(await local.ended(second.job, back.rollout)).toMatchObject({ phase: 'completed' });
    expect(await local.outputsOf()).toMatchObject({ image_tag: { value: 'good' } });
    expect((await local.current(second.job)).revision).toEqual(first.rollout.revision);
  });

  it('does not apply a tag that has moved, or a plan that destroys what it may not', { timeout: 300_000 }, async () => {
    const config = { key: 'prod/guarded.tfstate', mayDestroy: [] };
    await local.bring('d-1', 'good', config);
    const moved = await local.jobFor('d-2', 'better', config);
    const before = await local.current(moved);
    const digest = `sha256:${'a'.repeat(64)}`;
    const started = await local.target().start({ ...moved, before, image: { repository: REPOSITORY, digest, platforms: [] } });
    if (started.kind !== 'started') throw new Error('it was refused');
    expect(failureIn(await local.ended(moved, started.rollout))).toMatchObject({ code: 'tag-moved', evidence: false });
    const { seen } = await local.bring('d-3', 'slow', config);
    expect(failureIn(seen).code).toBe('plan-refused');
    expect(failureIn(seen).message).toContain('would destroy or replace terraform_data.cache[0]');
    expect(await local.current(moved)).toEqual(before);
  });

  it('says why a plan fails, and who holds the lock, with S3 and with DynamoDB', { timeout: 300_000 }, async () => {
    const config = { key: 'prod/locked.tfstate' };
    const wrong = await local.bring('d-1', 'good', { ...config, variables: { imagetag: 'tag' } });
    expect(failureIn(wrong.seen)).toMatchObject({ code: 'plan-failed', message: expect.stringContaining('imagetag') });
    const Info = { ID: 'b7c1f3a0-1111-2222-3333-444455556666', Operation: 'OperationTypeApply', Info: '', Who: 'ann@laptop' };
    const lock = JSON.stringify({
      ...Info,
      Version: '1.11.4',
      Created: '2026-03-01T11:59:00.5Z',
      Path: 'shop-state/prod/locked.tfstate',
    });
    await local.s3.send(new PutObjectCommand({ Bucket: 'shop-state', Key: 'prod/locked.tfstate.tflock', Body: lock }));
    const held = failureIn((await local.bring('d-2', 'good', config)).seen);
    expect(held).toMatchObject({ code: 'state-locked', evidence: false });
    expect(held.message).toContain('is locked by ann@laptop since 2026-03-01 11:59:00.5');
    expect(held.message).toContain('terraform force-unlock b7c1f3a0-1111-2222-3333-444455556666');
    await local.s3.send(new DeleteObjectCommand({ Bucket: 'shop-state', Key: 'prod/locked.tfstate.tflock' }));

    const byTable = { ...config, lockTable: 'locks' };
    const item = { LockID: { S: 'shop-state/prod/locked.tfstate' }, Info: { S: lock } };
    await local.dynamodb.send(new PutItemCommand({ TableName: 'locks', Item: item }));
    const table = failureIn((await local.bring('d-3', 'good', byTable)).seen);
    expect(table).toMatchObject({ code: 'state-locked', message: expect.stringContaining('ann@laptop') });
  });

  it('that fails on its way is ours, and is undone by applying what was there before', { timeout: 300_000 }, async () => {
    const config = { key: 'prod/fragile.tfstate', lockTable: 'locks' };
    await local.bring('d-1', 'good', config);
    const { job, seen, before } = await local.bring('d-2', 'crashing', config);
    const failure = failureIn(seen);
    expect(failure).toMatchObject({ code: 'apply-failed', evidence: false });
    expect(failure.message).toContain('local-exec provisioner error');
    const { revision, settled } = await local.current(job);
    expect([revision.id.startsWith('serial-'), settled]).toEqual([true, false]);
    const back = await local.target().restore(job, before.revision);
    if (back.kind !== 'called') throw new Error(JSON.stringify(back));
    expect(await local.ended(job, back.rollout)).toMatchObject({ phase: 'completed' });
    expect(await local.outputsOf('prod/fragile.tfstate')).toMatchObject({ image_tag: { value: 'good' } });
  });
});
