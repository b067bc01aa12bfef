import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../../local/server.ts';
import { type TestCloud, testCloud } from '../cloud/cloud-builder.ts';
import { createIn, textOf } from './bucket.ts';

const TERRAFORM = ['/usr/local/bin/terraform', '/usr/bin/terraform'].find(existsSync);
const BUCKET = 'terraform-state';
const KEY = 'prod/terraform.tfstate';

/** Terraform documentation, "Backend type: s3": state locking by `use_lockfile` and by `dynamodb_table`. */
describe.skipIf(TERRAFORM === undefined)("Terraform's S3 backend (needs terraform)", () => {
  let root = '';
  let cloud: TestCloud;
  let listening: Listening;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'switchyard-terraform-'));
    cloud = await testCloud();
    listening = await listen(cloud.handle, 0);
    const s3 = new S3Client(cloud.access());
    await createIn(s3, BUCKET);
    await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }));
  });
  afterAll(async () => {
    await listening.close();
    rmSync(root, { recursive: true, force: true });
  });

  const configuration = (locking: string, key: string): string => `
    terraform {
      backend "s3" {
        bucket                      = "${BUCKET}"
        key                         = "${key}"
        region                      = "eu-west-1"
        encrypt                     = true
        use_path_style              = true
        skip_metadata_api_check     = true
        ${locking}
        endpoints = {
          s3       = "http://127.0.0.1:${listening.port}"
          dynamodb = "http://127.0.0.1:${listening.port}"
          iam      = "http://127.0.0.1:${listening.port}"
          sts      = "http://127.0.0.1:${listening.port}"
        }
      }
    }
    variable "image_tag" { type = string }
    resource "terraform_data" "service" { input = var.image_tag }
    output "image_tag" { value = terraform_data.service.output }`;

  /** A folder with the configuration in it. */
  const folderFor = (name: string, locking: string, key: string): string => {
    const folder = join(root, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'main.tf'), configuration(locking, key));
    return folder;
  };

  const terraform = async (folder: string, ...words: readonly string[]): Promise<string> => {
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    const { stdout } = await promisify(execFile)(TERRAFORM ?? '', [...words], { cwd: folder, env });
    return stdout;
  };
  const init = (folder: string) => terraform(folder, 'init', '-input=false', '-no-color');
  const apply = (folder: string, tag: string) =>
    terraform(folder, 'apply', '-auto-approve', '-input=false', '-no-color', `-var=image_tag=${tag}`);

  it('keeps its state there, a version for each apply, which another machine goes on with', { timeout: 300_000 }, async () => {
    const s3 = new S3Client(cloud.access());
    const here = folderFor('here', 'use_lockfile = true', KEY);
    await init(here);
    expect(await apply(here, 'v1')).toContain('Apply complete! Resources: 1 added, 0 changed, 0 destroyed.');
    const state = async () => JSON.parse(await textOf((await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: KEY }))).Body));
    expect(await state()).toMatchObject({ serial: 1, outputs: { image_tag: { value: 'v1' } } });
    const there = folderFor('there', 'use_lockfile = true', KEY);
    await init(there);
    expect(await apply(there, 'v2')).toContain('Apply complete! Resources: 0 added, 1 changed, 0 destroyed.');
    expect(await state()).toMatchObject({ outputs: { image_tag: { value: 'v2' } } });
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: KEY }));
    expect(Versions?.filter(({ Key }) => Key === KEY)).toHaveLength(2);
    await expect(s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: `${KEY}.tflock` }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  it('applies nothing while the lock object is there', { timeout: 300_000 }, async () => {
    const s3 = new S3Client(cloud.access());
    const folder = folderFor('locked', 'use_lockfile = true', 'locked/terraform.tfstate');
    await init(folder);
    const Key = 'locked/terraform.tfstate.tflock';
    const held = {
      ID: 'held-by-another',
      Operation: 'OperationTypeApply',
      Who: 'somebody@else',
      Version: '1.11.4',
      Created: '2026-01-01T00:00:00Z',
    };
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: JSON.stringify(held) }));
    await expect(apply(folder, 'v1')).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /Error acquiring the state lock[\s\S]*PreconditionFailed[\s\S]*ID: +held-by-another[\s\S]*Who: +somebody@else/,
      ),
    });
    expect(await textOf((await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body)).toBe(JSON.stringify(held));
    expect(await terraform(folder, 'force-unlock', '-force', 'held-by-another')).toContain('successfully unlocked');
    expect(await apply(folder, 'v1')).toContain('Apply complete!');
  });

  it('locks in a table of DynamoDB, and applies nothing while that lock is held', { timeout: 300_000 }, async () => {
    const dynamodb = new DynamoDBClient(cloud.access());
    const TableName = 'terraform-locks';
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'LockID', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'LockID', KeyType: 'HASH' }],
      }),
    );
    const folder = folderFor('table', `dynamodb_table = "${TableName}"`, 'table/terraform.tfstate');
    await init(folder);
    expect(await apply(folder, 'v1')).toContain('Apply complete!');
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
    expect(Items.map(({ LockID }) => LockID?.S)).toEqual([`${BUCKET}/table/terraform.tfstate-md5`]);
    const Info = { S: JSON.stringify({ ID: 'held', Operation: 'OperationTypeApply', Who: 'somebody@else' }) };
    await dynamodb.send(new PutItemCommand({ TableName, Item: { LockID: { S: `${BUCKET}/table/terraform.tfstate` }, Info } }));
    await expect(apply(folder, 'v2')).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /Error acquiring the state lock[\s\S]*ConditionalCheckFailedException[\s\S]*Who: +somebody@else/,
      ),
    });
  });
});
