import { readFileSync } from 'node:fs';
import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  ListBuildsForProjectCommand,
} from '@aws-sdk/client-codebuild';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ManualClock } from '../../../local/clock.ts';
import { AwsError } from '../../../local/errors.ts';
import { createImages, toCloud } from '../../../local/example-images.ts';
import type { Intercept } from '../../../local/faults.ts';
import imageFile from '../../../local/images.json' with { type: 'json' };
import type { ImageFile } from '../../../local/images.ts';
import type { Handle, LocalResponse } from '../../../local/wire/http.ts';
import type { Job, Target } from '../../../shared/targets/target.ts';
import { stateKey } from '../../../shared/targets/terraform/config.ts';
import { terraform } from '../../../shared/targets/terraform.ts';
import { type Module, terraformBuilds } from '../../in-process/terraform-builds.ts';
import { testCloud } from '../../local/cloud/cloud-builder.ts';
import { PROJECT, ROLE, trusting } from '../../local/codebuild/project.ts';
import type { Stage } from './contract.ts';

const REPOSITORY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/preprod';

const BUCKET = 'shop-state';

/** Every project's. */
const OWN_BUILDSPEC = readFileSync(new URL('../../../infrastructure/terraform/buildspec.yml', import.meta.url), 'utf8');

/** As AWS answers it: S3 in XML, the others in JSON. */
const answered = (service: string, { code, message }: AwsError): LocalResponse =>
  service === 's3'
    ? {
        status: 503,
        headers: { 'content-type': 'application/xml' },
        body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
      }
    : { status: 400, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify({ __type: code, message }) };

/** The project `shop` with its state, on a module that can be told to go wrong; `initial` is applied, by a build of another deployment. */
export const terraformStage = async (module: Module = {}, config: Readonly<Record<string, unknown>> = {}) => {
  const wires: { handle: Handle } = { handle: () => Promise.reject(new Error('there is no cloud yet')) };
  const clocks: { own?: ManualClock } = {};
  const ownClock = (): ManualClock => {
    if (clocks.own === undefined) throw new Error('there is no clock yet');
    return clocks.own;
  };
  const builds = terraformBuilds(
    {
      track: (work) => ownClock().track(work),
      after: (milliseconds, task) => ownClock().after(milliseconds, task),
      park: () => ownClock().park(),
    },
    () => wires.handle,
    () => module,
  );
  const cloud = await testCloud(undefined, undefined, { builds });
  const { clock } = cloud;
  Object.assign(wires, { handle: cloud.handle });
  clocks.own = clock;
  const calls: string[] = [];
  const faults: { next: (count: number) => { before?: Error; after?: Error } | undefined } = { next: () => undefined };
  const intercept: Intercept = async ({ service, action }, next) => {
    calls.push(`${service}:${action}`);
    const fault = faults.next(calls.length);
    if (fault?.before instanceof AwsError) return answered(service, fault.before);
    if (fault?.before !== undefined) throw fault.before;
    const answer = await next();
    if (fault?.after !== undefined) throw fault.after;
    return answer;
  };
  const own = cloud.access();
  await createImages(own, toCloud(cloud.handle), { preprod: imageFile.preprod } as unknown as ImageFile);
  const iam = new IAMClient(own);
  await iam.send(new CreateRoleCommand({ RoleName: 'builds', AssumeRolePolicyDocument: trusting('codebuild.amazonaws.com') }));
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:*', 'ecr:DescribeImages'], Resource: '*' }],
  });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'builds', PolicyName: 'calls', PolicyDocument }));
  const codebuild = new CodeBuildClient(own);
  await codebuild.send(
    new CreateProjectCommand({ ...PROJECT, serviceRole: ROLE, source: { type: 'NO_SOURCE', buildspec: OWN_BUILDSPEC } }),
  );
  const s3 = new S3Client(own);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  const ecr = new ECRClient(own);
  const digestOf = async (imageTag: string): Promise<string> => {
    const { imageDetails = [] } = await ecr.send(
      new DescribeImagesCommand({ repositoryName: 'preprod', imageIds: [{ imageTag }] }),
    );
    return imageDetails[0]?.imageDigest ?? '';
  };

  const target = (): Target => {
    const made = new Map<unknown, unknown>();
    const client = <T>(Client: new (configuration: object) => T): T => {
      const known = (made.get(Client) as T | undefined) ?? new Client(cloud.access({ intercept }));
      made.set(Client, known);
      return known;
    };
    return terraform.create({ client, now: clock.now, fetch: globalThis.fetch, signal: () => new AbortController().signal });
  };
  const jobFor = async (deployment: string, tag: string): Promise<Job> => ({
    deployment,
    config: { kind: 'terraform', environment: 'prod', service: 'shop', project: 'shop', bucket: BUCKET, ...config },
    image: { repository: REPOSITORY, digest: await digestOf(tag), platforms: [] },
    named: { tag },
    again: false,
  });
  const settle = () => clock.advance(40_000);
  const stateJson = async (job: Job): Promise<{ serial: number; lineage: string; outputs: object }> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: stateKey(job.config as never) }));
    return JSON.parse((await Body?.transformToString()) ?? '');
  };
  const current = async (job: Job) => {
    const looked = await target().current(job);
    if (looked.kind === 'refused') throw new Error(looked.failure.message);
    return looked.current;
  };
  /** Brings a tag, to its end. */
  const bring = async (deployment: string, tag: string) => {
    const job = await jobFor(deployment, tag);
    const before = await current(job);
    const answer = await target().start({ ...job, before });
    if (answer.kind === 'refused') throw new Error(answer.failure.message);
    await settle();
    return { job: { ...job, before, rollout: answer.rollout }, rollout: answer.rollout, before };
  };
  const job = await jobFor('d-1', 'good');
  const stage: Stage = {
    target,
    job,
    runs: async () => {
      const made = calls.length;
      const { settled, revision } = await current(job);
      calls.splice(made);
      return settled ? revision.id : '';
    },
    settle,
    takeOver: async () => {
      const { serial, lineage } = await stateJson(job);
      const next = { version: 4, serial: serial + 1, lineage, outputs: { image_tag: { value: 'better', type: 'string' } } };
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: stateKey(job.config as never), Body: JSON.stringify(next) }));
      return `serial-${serial + 1}@${lineage}`;
    },
    // what was applied can be applied again, as long as its tag is there
    retire: async () => undefined,
    namesByContent: true,
    calls: () => calls,
    breakAt: (number, when, error) => {
      const from = calls.length;
      faults.next = (count) => (count === from + number ? { [when]: error } : undefined);
    },
    rollouts: () => calls.filter((action) => action === 'codebuild:StartBuild').length,
    throttle: new AwsError('ThrottlingException', 'Rate exceeded'),
    missing: (
      [
        ['project', 'none'],
        ['bucket', 'no-such-bucket'],
      ] as const
    ).map(([key, name]) => ({
      job: { ...job, config: { ...job.config, [key]: name } },
      name,
    })),
  };
  const earn = async () => {
    await bring('d-0', 'initial');
    calls.length = 0;
  };
  return {
    ...stage,
    cloud,
    clock,
    s3,
    codebuild,
    ecr,
    jobFor,
    bring,
    current,
    stateJson,
    earn,
    digestOf,
    Bucket: BUCKET,
    buildsOf,
  };

  async function buildsOf() {
    const { ids = [] } = await codebuild.send(new ListBuildsForProjectCommand({ projectName: 'shop' }));
    const { builds: found = [] } = await codebuild.send(new BatchGetBuildsCommand({ ids }));
    return found;
  }
};
