import { readFileSync } from 'node:fs';
import { CodeBuildClient, CreateProjectCommand } from '@aws-sdk/client-codebuild';
import { ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { partsOf } from '../../shared/deployment/parts.ts';
import type { Applying, Module } from '../in-process/terraform-builds.ts';
import { PROJECT, ROLE, trusting } from '../local/codebuild/project.ts';
import { type PipelineOptions, startPipeline } from './pipeline.ts';
import { catalogueWith } from './promoting.ts';

const NAME = 'adit-service-prod';
const CLUSTER = 'adit-prod';
const STATE = 'prod/adit-service-prod.tfstate';
const APPLY = { kind: 'terraform', project: 'shop', bucket: 'shop-state' };

const BUILDSPEC = readFileSync(new URL('../../infrastructure/terraform/buildspec.yml', import.meta.url), 'utf8');

/** What Terraform's own project may do here: its state, the registry, and the task definitions that it makes. */
const MAY = ['s3:*', 'ecr:DescribeImages', 'ecs:RegisterTaskDefinition', 'iam:PassRole'];

const failing =
  (why: string) =>
  ({ image_tag: tag }: Applying['variables']): string | undefined =>
    tag === 'crashing' ? why : undefined;

type Entry = Readonly<Record<string, unknown>>;

const start = async (entry: (own: Entry) => Entry, module: Module, options: PipelineOptions = {}) => {
  const catalogue = catalogueWith((source) => {
    delete source['promotions'];
    const { prod } = source['environments'] as { prod: { services: Record<string, Entry> } };
    prod.services[NAME] = entry({ ...prod.services[NAME], deploy: 'on-request' });
  });
  const pipeline = await startPipeline({ ...options, catalogue, module, services: [NAME] });
  const { access } = pipeline;
  const iam = new IAMClient(access);
  await iam.send(new CreateRoleCommand({ RoleName: 'builds', AssumeRolePolicyDocument: trusting('codebuild.amazonaws.com') }));
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: MAY, Resource: '*' }] });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'builds', PolicyName: 'calls', PolicyDocument }));
  const source = { type: 'NO_SOURCE', buildspec: BUILDSPEC } as const;
  await new CodeBuildClient(access).send(new CreateProjectCommand({ ...PROJECT, serviceRole: ROLE, source }));
  const s3 = new S3Client(access);
  const LocationConstraint = 'eu-west-1';
  await s3.send(new CreateBucketCommand({ Bucket: 'shop-state', CreateBucketConfiguration: { LocationConstraint } }));
  const state = async (): Promise<{ serial: number; lineage: string; outputs: Record<string, { value: string }> }> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'shop-state', Key: STATE }));
    return JSON.parse((await Body?.transformToString()) ?? '');
  };
  return {
    ...pipeline,
    state,
    /** Which tag is applied, by the state. */
    applied: async () => (await state()).outputs['image_tag']?.value,
    /** What somebody puts there beside the builds. */
    put: (Key: string, content: object) =>
      s3.send(new PutObjectCommand({ Bucket: 'shop-state', Key, Body: JSON.stringify(content) })),
    ask: pipeline.put,
    deploy: (tag: string) => pipeline.deploy('prod', `prod:${tag}`, NAME),
    earn: async () => {
      await pipeline.deploy('prod', 'prod:good', NAME);
      const { type, detail } = await pipeline.verdict(900);
      if (type !== 'DeploymentSucceeded') throw new Error(JSON.stringify(detail.reason));
    },
  };
};

const alone = (module: Module = {}, more: Entry = {}, options: PipelineOptions = {}) =>
  start(() => ({ deploy: 'on-request', target: APPLY, ...more }), module, options);

describe('a service that is Terraform’s alone (S2.2)', () => {
  it('gets a good tag by an apply, whose plan is told, and says what runs', async () => {
    const pipeline = await alone();
    await pipeline.deploy('good');
    const { type, detail } = await pipeline.verdict(900);
    const digest = await pipeline.digestOf('prod', 'good');
    expect([type, detail['verified'], detail['running']]).toMatchObject([
      'DeploymentSucceeded',
      true,
      { id: `good@${digest}`, digest },
    ]);
    expect(await pipeline.applied()).toBe('good');
    const planned = pipeline.told.flatMap(({ detail: { phase, message } }) => (phase === 'planned' ? [message] : []));
    expect(planned).toEqual([expect.stringContaining("Terraform's plan: 0 to add, 1 to change, 0 to destroy")]);
  });

  it('goes back to the tag before when an apply fails on its way, and the image is not to blame', async () => {
    const pipeline = await alone({ applyFails: failing('the cluster is gone') });
    await pipeline.earn();
    for (let time = 0; time < 2; time += 1) {
      await pipeline.deploy('crashing');
      const { type, detail } = await pipeline.verdict(1800);
      expect([type, detail.reason?.code]).toEqual(['DeploymentRolledBack', 'apply-failed']);
      expect(detail.reason?.message).toContain('the cluster is gone');
      expect(await pipeline.applied()).toBe('good');
    }
  });

  it('goes back to the tag before when a person asks', async () => {
    const pipeline = await alone();
    await pipeline.earn();
    await pipeline.deploy('better');
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
    expect(await pipeline.applied()).toBe('better');
    await pipeline.ask('RollbackRequested', { environment: 'prod', service: NAME, reason: 'not what we wanted' });
    expect((await pipeline.verdict(900)).type).toBe('RollbackSucceeded');
    expect(await pipeline.applied()).toBe('good');
  });

  it('needs no event of CodeBuild', async () => {
    const pipeline = await alone();
    pipeline.faults.lose = ({ action, body }) => action === 'sqs:SendMessage' && body.includes('CodeBuild ');
    await pipeline.deploy('good');
    expect((await pipeline.verdict(1800)).type).toBe('DeploymentSucceeded');
  });

  it('whose state is locked stays as it is, and the verdict says by whom', async () => {
    const pipeline = await alone();
    await pipeline.earn();
    await pipeline.put(`${STATE}.tflock`, { ID: 'b7c1', Who: 'ann@laptop', Created: '2026-03-01T11:59:00Z' });
    await pipeline.deploy('better');
    const { type, detail } = await pipeline.verdict(900);
    expect([type, detail.reason?.code]).toEqual(['DeploymentRolledBack', 'state-locked']);
    expect(detail.reason?.message).toContain('ann@laptop');
    expect(await pipeline.applied()).toBe('good');
  });

  it('that somebody applies to meanwhile is theirs', async () => {
    const pipeline = await alone({}, { bakeSeconds: 600 });
    await pipeline.earn();
    await pipeline.deploy('better');
    await pipeline.bakes('prod:better', 900);
    const { serial, lineage } = await pipeline.state();
    await pipeline.put(STATE, { version: 4, serial: serial + 1, lineage, outputs: { image_tag: { value: 'theirs' } } });
    const { type, detail } = await pipeline.verdict(1800);
    expect([type, detail.reason?.code]).toEqual(['DeploymentFailed', 'taken-over']);
    expect(await pipeline.applied()).toBe('theirs');
  });

  it.each([
    ['codebuild:StartBuild', 'before'],
    ['codebuild:StartBuild', 'after'],
    ['codebuild:ListBuildsForProject', 'after'],
    ['codebuild:BatchGetBuilds', 'after'],
    ['s3:GetObject', 'after'],
  ] as const)('is applied to once though a function dies at %s (%s)', async (action, when) => {
    const pipeline = await alone();
    const crashes = { left: 1 };
    pipeline.faults.crash = (call) => {
      if (call.action !== action || crashes.left === 0) return undefined;
      crashes.left -= 1;
      return when;
    };
    await pipeline.deploy('good');
    expect((await pipeline.verdict(3600)).type).toBe('DeploymentSucceeded');
    expect([crashes.left, (await pipeline.state()).serial]).toEqual([0, 1]);
  });
});

/** Terraform registers the task definition, with what is its own in it. */
const registering: Module = {
  applies: async ({ client, variables: { image_tag: tag = '' } }) => {
    await client(ECSClient).send(
      new RegisterTaskDefinitionCommand({
        family: NAME,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        executionRoleArn: `arn:aws:iam::123456789012:role/${CLUSTER}-execution`,
        taskRoleArn: `arn:aws:iam::123456789012:role/${CLUSTER}-task`,
        containerDefinitions: [
          {
            name: 'adit-service',
            image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/prod:${tag}`,
            essential: true,
            portMappings: [{ containerPort: 8080 }],
            environment: [{ name: 'RELEASE', value: tag }],
          },
        ],
      }),
    );
  },
};

const stacked = async (module: Module = {}, more: Entry = {}) => {
  const pipeline = await start(
    (own) => ({
      ...own,
      ...more,
      alarms: [],
      apply: APPLY,
      target: {
        ...(own['target'] as object),
        kind: 'codedeploy-ecs',
        base: 'family',
        application: 'adit',
        deploymentGroup: 'adit-prod',
      },
    }),
    { ...registering, ...module },
  );
  /** What serves: the release that its task definition was made for by Terraform, and the digest. */
  const serving = async () => {
    const { taskSets = [] } = await pipeline.service(CLUSTER, NAME);
    const arn = taskSets.find(({ status }) => status === 'PRIMARY')?.taskDefinition ?? '';
    return { digest: await pipeline.imageOf(arn), arn };
  };
  return { ...pipeline, serving };
};

describe('a service whose task definition Terraform registers, and CodeDeploy shifts to (S2.3)', () => {
  it('is applied, then shifted, as one deployment', async () => {
    const pipeline = await stacked();
    await pipeline.deploy('good');
    const { type, detail } = await pipeline.verdict(1800);
    expect([type, detail['verified']]).toEqual(['DeploymentSucceeded', true]);
    const digest = await pipeline.digestOf('prod', 'good');
    const { arn, digest: served } = await pipeline.serving();
    expect(served).toBe(digest);
    expect([...partsOf((detail['running'] as { id: string }).id)]).toEqual([
      ['infrastructure', `good@${digest}`],
      ['service', arn],
    ]);
    const waves = pipeline.told.flatMap(({ detail: { phase, message } }) => (phase === 'wave' ? [message] : []));
    expect(waves).toEqual(['infrastructure: verified; next: service']);
    expect(pipeline.typesOf(detail.deployment).filter((one) => one === 'DeploymentStarted')).toHaveLength(1);
  });

  it('goes back with its infrastructure after it, when the image is bad', async () => {
    const pipeline = await stacked();
    await pipeline.earn();
    await pipeline.deploy('crashing');
    const { type } = await pipeline.verdict(7200);
    expect(type).toBe('DeploymentRolledBack');
    expect((await pipeline.serving()).digest).toBe(await pipeline.digestOf('prod', 'good'));
    expect(await pipeline.applied()).toBe('good');
  });

  it('is not touched where the apply fails', async () => {
    const pipeline = await stacked({ planFails: failing('no such argument') });
    await pipeline.earn();
    const before = await pipeline.serving();
    await pipeline.deploy('crashing');
    const { type, detail } = await pipeline.verdict(1800);
    expect([type, detail.reason?.code]).toEqual(['DeploymentRolledBack', 'plan-failed']);
    expect(detail.reason?.message).toContain('infrastructure: ');
    expect(await pipeline.serving()).toEqual(before);
  });

  it('goes back with its infrastructure when a person asks', async () => {
    const pipeline = await stacked();
    await pipeline.earn();
    await pipeline.deploy('better');
    expect((await pipeline.verdict(1800)).type).toBe('DeploymentSucceeded');
    await pipeline.ask('RollbackRequested', { environment: 'prod', service: NAME, reason: 'not what we wanted' });
    expect((await pipeline.verdict(3600)).type).toBe('RollbackSucceeded');
    expect((await pipeline.serving()).digest).toBe(await pipeline.digestOf('prod', 'good'));
    expect(await pipeline.applied()).toBe('good');
  });
});

/** Terraform sets what is about the function, and the pipeline its image. */
const beforeFunction = async (module: Module = {}) => {
  const pipeline = await start(
    (own) => ({
      ...own,
      alarms: [],
      health: { url: '${env:ADIT_SERVICE_PROD_URL}/', attempts: 2 },
      apply: APPLY,
      target: { kind: 'lambda', function: 'adit', alias: 'live' },
    }),
    module,
  );
  const lambda = new LambdaClient(pipeline.access);
  const serving = async () => {
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: 'adit', Qualifier: 'live' }));
    return Code?.ResolvedImageUri?.split('@')[1];
  };
  return { ...pipeline, serving };
};

describe('a function whose infrastructure Terraform applies first (S4.2)', () => {
  it('is applied, then updated, as one deployment', async () => {
    const pipeline = await beforeFunction();
    await pipeline.deploy('good');
    const { type, detail } = await pipeline.verdict(1800);
    expect([type, detail['verified']]).toEqual(['DeploymentSucceeded', true]);
    const digest = await pipeline.digestOf('prod', 'good');
    expect([await pipeline.serving(), await pipeline.applied()]).toEqual([digest, 'good']);
    expect([...partsOf((detail['running'] as { id: string }).id)]).toEqual([
      ['infrastructure', `good@${digest}`],
      ['service', 'arn:aws:lambda:eu-west-1:123456789012:function:adit:2'],
    ]);
  });

  it('goes back with its infrastructure after it, when the image is bad (S4.4)', async () => {
    const pipeline = await beforeFunction();
    await pipeline.earn();
    await pipeline.deploy('crashing');
    const { type, detail } = await pipeline.verdict(7200);
    expect([type, detail.reason?.code]).toEqual(['DeploymentRolledBack', 'health-check']);
    expect([await pipeline.serving(), await pipeline.applied()]).toEqual([await pipeline.digestOf('prod', 'good'), 'good']);
  });

  it('is not touched where the apply fails', async () => {
    const pipeline = await beforeFunction({ applyFails: failing('no such subnet') });
    await pipeline.earn();
    await pipeline.deploy('crashing');
    const { type, detail } = await pipeline.verdict(1800);
    expect([type, detail.reason?.code]).toEqual(['DeploymentRolledBack', 'apply-failed']);
    expect(await pipeline.serving()).toBe(await pipeline.digestOf('prod', 'good'));
  });
});
