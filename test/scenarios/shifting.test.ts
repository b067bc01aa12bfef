import {
  type DeploymentConfiguration,
  type DeploymentLifecycleHook,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { zipOf } from '../../local/lambda/write-zip.ts';
import { type PipelineOptions, startPipeline } from './pipeline.ts';
import { catalogueWith } from './promoting.ts';

const NAME = 'adit-service-prod';
const CLUSTER = 'adit-prod';
const TEST_URL = '${env:ADIT_TEST_URL}';

interface Changes {
  readonly target?: Readonly<Record<string, unknown>>;
  readonly service?: Readonly<Record<string, unknown>>;
  readonly environment?: 'preprod' | 'prod';
}

/** The project's service in prod, by ECS's blue/green deployments. */
const start = async ({ target, service }: Changes = {}, options: PipelineOptions = {}) => {
  const catalogue = catalogueWith((source) => {
    delete source['promotions'];
    const { prod } = source['environments'] as { prod: { services: Record<string, Record<string, unknown>> } };
    const own = prod.services[NAME] ?? {};
    prod.services[NAME] = {
      ...own,
      deploy: 'on-request',
      target: { ...(own['target'] as object), kind: 'ecs-blue-green', ...target },
      ...service,
    };
  });
  const pipeline = await startPipeline({ ...options, catalogue, services: [NAME] });
  const deploy = (tag: string) => pipeline.deploy('prod', `prod:${tag}`, NAME);
  /** Status of the newest service deployment. */
  const status = async () => {
    const { serviceDeployments = [] } = await pipeline.ecs.send(
      new ListServiceDeploymentsCommand({ cluster: CLUSTER, service: NAME }),
    );
    return serviceDeployments[0];
  };
  return { ...pipeline, deploy, status, runs: () => pipeline.runningDigest(CLUSTER, NAME) };
};

const PAUSE = { pause: { stage: 'POST_TEST_TRAFFIC_SHIFT', minutes: 30 } };
const HEALTH = { url: '${env:ADIT_SERVICE_PROD_URL}/health', testUrl: `${TEST_URL}/health`, attempts: 3 };

describe.each([
  ['BLUE_GREEN', {}],
  ['CANARY', { stepPercent: 10, stepMinutes: 1 }],
  ['LINEAR', { stepPercent: 50, stepMinutes: 1 }],
])('a deployment with the strategy %s (S4.9)', (strategy, steps) => {
  it('of a good image is verified', async () => {
    const { deploy, verdict, digestOf, runs, status } = await start({ target: { strategy, ...steps } });
    await deploy('better');
    expect(await verdict(600)).toMatchObject({ type: 'DeploymentSucceeded', detail: { verified: true } });
    expect(await runs()).toBe(await digestOf('prod', 'better'));
    expect((await status())?.status).toBe('SUCCESSFUL');
  });

  it('of a bad image goes back, and a person is told why', async () => {
    const { deploy, verdict, earnFirst, digestOf, runs } = await start({ target: { strategy, ...steps } });
    await earnFirst('prod', NAME);
    await deploy('crashing');
    const { type, detail } = await verdict(3000);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason?.message).toContain('exit code 1');
    expect(await runs()).toBe(await digestOf('prod', 'good'));
  });
});

describe('a pause before production traffic', () => {
  it('is answered when the checks pass with test traffic', async () => {
    const { deploy, verdict, told, digestOf, runs } = await start({ target: PAUSE, service: { health: HEALTH } });
    await deploy('better');
    expect((await verdict(600)).type).toBe('DeploymentSucceeded');
    const phases = told.filter(({ type }) => type === 'DeploymentProgressed').map(({ detail }) => detail['phase']);
    expect(phases).toEqual(['tried', 'rolled-out', 'baking'].slice(0, phases.length));
    expect(await runs()).toBe(await digestOf('prod', 'better'));
  });

  it('keeps what fails its smoke test away from production', async () => {
    const pipeline = await start({
      target: PAUSE,
      service: {
        health: HEALTH,
        smoke: {
          attempts: 2,
          tests: [
            {
              name: 'who answers',
              url: '${env:ADIT_SERVICE_PROD_URL}/',
              testUrl: `${TEST_URL}/`,
              expect: { json: { '$.image': 'x' } },
            },
          ],
        },
      },
    });
    await pipeline.deploy('better');
    const { type, detail } = await pipeline.verdict(900);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason?.code).toBe('smoke-test');
    expect(detail).toMatchObject({ smoke: [{ name: 'who answers', passed: false }] });
    expect((await pipeline.status())?.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(pipeline.calls.filter((action) => action === 'ecs:UpdateService')).toHaveLength(1);
    expect(pipeline.calls.filter((action) => action === 'ecs:ContinueServiceDeployment')).toHaveLength(1);
    expect(await pipeline.runs()).toBe(undefined);
  });

  it('is found, though no event told of it', async () => {
    const pipeline = await start({ target: PAUSE, service: { health: HEALTH } });
    pipeline.faults.lose = ({ action, body }) => action === 'sqs:SendMessage' && body.includes('ECS ');
    await pipeline.deploy('better');
    expect((await pipeline.verdict(1800)).type).toBe('DeploymentSucceeded');
  });

  it('goes back at an alarm', async () => {
    const never = { name: 'never', url: `${TEST_URL}/`, testUrl: `${TEST_URL}/`, expect: { status: 404 } };
    const pipeline = await start({
      target: PAUSE,
      service: { health: HEALTH, smoke: { attempts: 10, tests: [never] }, alarms: ['errors'] },
    });
    await pipeline.deploy('better');
    await pipeline.pass(20);
    await pipeline.setAlarm('errors', 'ALARM');
    expect(await pipeline.verdict(900)).toMatchObject({
      type: 'DeploymentRolledBack',
      detail: { reason: { code: 'alarm' } },
    });
  });
});

describe('while the old revision is kept (bakeMinutes)', () => {
  const BAKES = { target: { bakeMinutes: 10 }, service: { alarms: ['errors'], bakeSeconds: 300 } };

  it('an alarm goes back by ECS itself, in seconds', async () => {
    const pipeline = await start(BAKES);
    await pipeline.deploy('better');
    await pipeline.until(({ detail }) => detail['phase'] === 'baking', 600);
    await pipeline.setAlarm('errors', 'ALARM');
    expect(await pipeline.verdict(300)).toMatchObject({ type: 'DeploymentRolledBack', detail: { reason: { code: 'alarm' } } });
    expect(pipeline.calls).toContain('ecs:StopServiceDeployment');
    expect(pipeline.calls.filter((action) => action === 'ecs:UpdateService')).toHaveLength(1);
    expect((await pipeline.status())?.status).toBe('ROLLBACK_SUCCESSFUL');
  });

  it('success is declared once ECS has let it go', async () => {
    const pipeline = await start(BAKES);
    await pipeline.deploy('better');
    expect((await pipeline.verdict(1800)).type).toBe('DeploymentSucceeded');
    expect((await pipeline.status())?.status).toBe('SUCCESSFUL');
  });
});

describe('a rollback', () => {
  it('that a person asks for brings the verified revision back at once', async () => {
    const pipeline = await start({
      target: { ...PAUSE, strategy: 'CANARY', stepMinutes: 10 },
      service: { health: HEALTH, rolloutSeconds: 3600 },
    });
    await pipeline.earnFirst('prod', NAME).catch(() => undefined);
    await pipeline.verdict(1800).catch(() => undefined);
    await pipeline.deploy('better');
    await pipeline.until(({ type, detail }) => type === 'DeploymentSucceeded' && detail.asked?.['image'] === 'prod:better', 3600);
    const before = pipeline.clock.now();
    await pipeline.put('RollbackRequested', { environment: 'prod', service: NAME, reason: 'not what we wanted' });
    const { detail } = await pipeline.until(({ type }) => type === 'RollbackSucceeded', 600);
    expect(await pipeline.runs()).toBe(await pipeline.digestOf('prod', 'good'));
    expect((Date.parse(String(detail['at'])) - before) / 1000).toBeLessThan(300);
  });
});

describe('somebody else', () => {
  const begun = async (pipeline: Awaited<ReturnType<typeof start>>) => {
    await pipeline.deploy('better');
    await pipeline.until(({ type }) => type === 'DeploymentStarted');
    await pipeline.pass(5);
  };

  it('who stops the deployment is told of, and what ran before serves', async () => {
    const pipeline = await start({ target: { bakeMinutes: 30 }, service: { bakeSeconds: 600, rolloutSeconds: 3600 } });
    await begun(pipeline);
    const { serviceDeploymentArn } = (await pipeline.status()) ?? {};
    await pipeline.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
    const { type, detail } = await pipeline.verdict(1800);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason?.message).toContain('user request');
  });

  it('who begins another one has taken the service over', async () => {
    const pipeline = await start({ target: { bakeMinutes: 30 }, service: { bakeSeconds: 600, rolloutSeconds: 3600 } });
    const first = (await pipeline.service(CLUSTER, NAME)).taskDefinition;
    await begun(pipeline);
    await pipeline.ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: NAME, taskDefinition: first }));
    expect(await pipeline.verdict(1800)).toMatchObject({ type: 'DeploymentFailed', detail: { reason: { code: 'taken-over' } } });
  });
});

describe('a hook of the team beside ours', () => {
  /** Asks for a second time once, with what it has handed to itself; then it answers. */
  const CODE = (answer: string) => `exports.handler = async ({ lifecycleStage, hookDetails, resourceArn, executionDetails }) => {
    if (lifecycleStage !== 'POST_SCALE_UP' || !resourceArn.includes(':service-deployment/') || !executionDetails.serviceArn) throw new Error('told ' + lifecycleStage);
    if (hookDetails.again !== 'yes') return { hookStatus: 'IN_PROGRESS', callBackDelay: 5, hookDetails: { again: 'yes' } };
    return ${answer};
  };`;

  const withHook = async (answer: string, allowed = true) => {
    const pipeline = await start({ target: PAUSE, service: { health: HEALTH } });
    const iam = new IAMClient(pipeline.access);
    const role = async (RoleName: string, Service: string, Action: readonly string[]) => {
      const Statement = [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }];
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
      return Role?.Arn ?? '';
    };
    const Role = await role('approves', 'lambda.amazonaws.com', ['logs:CreateLogStream', 'logs:PutLogEvents']);
    const roleArn = await role('asks', 'ecs.amazonaws.com', allowed ? ['lambda:InvokeFunction'] : ['lambda:GetFunction']);
    const Code = { ZipFile: zipOf('index.js', CODE(answer)) };
    const made = { FunctionName: 'approves', Runtime: 'nodejs22.x', Handler: 'index.handler', Role, Code } as const;
    const { FunctionArn } = await new LambdaClient(pipeline.access).send(new CreateFunctionCommand(made));
    const hook: DeploymentLifecycleHook = {
      targetType: 'AWS_LAMBDA',
      hookTargetArn: FunctionArn,
      roleArn,
      lifecycleStages: ['POST_SCALE_UP'],
    };
    const deploymentConfiguration: DeploymentConfiguration = { strategy: 'BLUE_GREEN', lifecycleHooks: [hook] };
    await pipeline.ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: NAME, deploymentConfiguration }));
    return pipeline;
  };

  it('is kept, and asked before ours', async () => {
    const pipeline = await withHook("{ hookStatus: 'SUCCEEDED' }");
    await pipeline.deploy('better');
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
    const { deploymentConfiguration } = await pipeline.service(CLUSTER, NAME);
    expect(deploymentConfiguration?.lifecycleHooks?.map(({ targetType }) => targetType)).toEqual(['AWS_LAMBDA', 'PAUSE']);
  });

  it.each([
    ['says no', "{ hookStatus: 'FAILED' }", true, 'answered hookStatus FAILED'],
    ['says nothing that is known', '{}', true, 'answered hookStatus undefined'],
    ['fails', "(() => { throw new Error('out of order'); })()", true, 'out of order'],
    ['may not be asked', "{ hookStatus: 'SUCCEEDED' }", false, 'lambda:InvokeFunction'],
  ])('that %s is why it went back', async (_, answer, allowed, why) => {
    const pipeline = await withHook(answer, allowed);
    pipeline.expected.refusals = !allowed;
    await pipeline.deploy('better');
    const { type, detail } = await pipeline.verdict(900);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason?.message).toContain(why);
  });
});
