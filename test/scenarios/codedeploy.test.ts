import {
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { zipOf } from '../../local/lambda/write-zip.ts';
import { listen } from '../../local/server.ts';
import { awsCli, hasAwsCli } from '../local/aws-cli.ts';
import { type PipelineOptions, startPipeline } from './pipeline.ts';
import { catalogueWith } from './promoting.ts';

const NAME = 'adit-service-prod';
const CLUSTER = 'adit-prod';
const GROUP = { applicationName: 'adit', deploymentGroupName: 'adit-prod' };

interface Changes {
  readonly target?: Readonly<Record<string, unknown>>;
  readonly service?: Readonly<Record<string, unknown>>;
}

/** The project's service in prod, by CodeDeploy. */
const start = async ({ target, service }: Changes = {}, options: PipelineOptions = {}) => {
  const catalogue = catalogueWith((source) => {
    delete source['promotions'];
    const { prod } = source['environments'] as { prod: { services: Record<string, Record<string, unknown>> } };
    const own = prod.services[NAME] ?? {};
    const codedeploy = { kind: 'codedeploy-ecs', application: 'adit', deploymentGroup: 'adit-prod' };
    prod.services[NAME] = {
      ...own,
      deploy: 'on-request',
      target: { ...(own['target'] as object), ...codedeploy, ...target },
      ...service,
    };
  });
  const pipeline = await startPipeline({ ...options, catalogue, services: [NAME] });
  const codedeploy = new CodeDeployClient(pipeline.access);
  /** What serves: the primary task set's image. */
  const runs = async () => {
    const { taskSets = [] } = await pipeline.service(CLUSTER, NAME);
    const primary = taskSets.find(({ status }) => status === 'PRIMARY')?.taskDefinition ?? '';
    return pipeline.imageOf(primary);
  };
  const deployments = async () => {
    const { deployments: deploymentIds = [] } = await codedeploy.send(new ListDeploymentsCommand(GROUP));
    const { deploymentsInfo = [] } = await codedeploy.send(new BatchGetDeploymentsCommand({ deploymentIds }));
    return deploymentsInfo;
  };
  return { ...pipeline, codedeploy, runs, deployments, deploy: (tag: string) => pipeline.deploy('prod', `prod:${tag}`, NAME) };
};

// S2.3 without Terraform, S2.6
describe.each([
  ['the configuration of the group', {}],
  ['a canary', { configuration: 'CodeDeployDefault.ECSCanary10Percent5Minutes' }],
  ['equal steps', { configuration: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes' }],
])('a deployment by CodeDeploy with %s', (_, target) => {
  it('of a good image is verified, by one deployment that names ours', async () => {
    const pipeline = await start({ target });
    await pipeline.deploy('better');
    const { type, detail } = await pipeline.verdict(1800);
    expect(type).toBe('DeploymentSucceeded');
    expect(await pipeline.runs()).toBe(await pipeline.digestOf('prod', 'better'));
    const [only, ...others] = await pipeline.deployments();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ status: 'Succeeded', description: `switchyard ${detail.deployment}` });
  });

  it('of a bad image goes back, and what served before serves', async () => {
    const pipeline = await start({ target });
    await pipeline.earnFirst('prod', NAME, 3600);
    await pipeline.deploy('crashing');
    const { detail } = await pipeline.until(
      ({ type, detail: { asked } }) => type === 'DeploymentRolledBack' && asked?.['image'] === 'prod:crashing',
      3600,
    );
    expect(detail.reason?.message).toContain('exit code 1');
    expect(await pipeline.runs()).not.toBe(await pipeline.digestOf('prod', 'crashing'));
  });
});

describe('a service that CodeDeploy deploys', () => {
  const SMOKE = { name: 'who answers', url: '${env:ADIT_SERVICE_PROD_URL}/', expect: { json: { '$.image': 'x' } } };

  it('is tested after the traffic has shifted, and goes back by CodeDeploy itself (S2.6)', async () => {
    const pipeline = await start({ service: { smoke: { attempts: 1, tests: [SMOKE] } } });
    await pipeline.deploy('better');
    const { type, detail } = await pipeline.verdict(900);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail).toMatchObject({ reason: { code: 'smoke-test' }, smoke: [{ name: 'who answers', passed: false }] });
    const made = await pipeline.deployments();
    expect(made.map(({ creator, status }) => [creator, status]).toSorted()).toEqual([
      ['codeDeployRollback', 'Succeeded'],
      ['user', 'Stopped'],
    ]);
    expect(await pipeline.runs()).toBe(undefined);
  });

  it('goes back at an alarm during the bake', async () => {
    const pipeline = await start({ service: { alarms: ['errors'], bakeSeconds: 600 } });
    await pipeline.earnFirst('prod', NAME, 900);
    await pipeline.deploy('better');
    await pipeline.bakes('prod:better', 1800);
    await pipeline.setAlarm('errors', 'ALARM');
    await pipeline.until(({ type }) => type === 'DeploymentRolledBack', 900);
    expect(await pipeline.runs()).not.toBe(await pipeline.digestOf('prod', 'better'));
  });

  it('goes back to the verified revision when a person asks for it', async () => {
    const pipeline = await start();
    await pipeline.earnFirst('prod', NAME, 900);
    await pipeline.deploy('better');
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
    await pipeline.put('RollbackRequested', { environment: 'prod', service: NAME, reason: 'not what we wanted' });
    expect((await pipeline.verdict(900)).type).toBe('RollbackSucceeded');
    expect(await pipeline.runs()).toBe(await pipeline.digestOf('prod', 'good'));
  });

  it('needs no event', async () => {
    const pipeline = await start();
    pipeline.faults.lose = ({ action, body }) => action === 'sqs:SendMessage' && /ECS |CodeDeploy /.test(body);
    await pipeline.deploy('better');
    expect((await pipeline.verdict(3600)).type).toBe('DeploymentSucceeded');
  });

  it('that somebody else deploys to is left to them, with the deployment named', async () => {
    const pipeline = await start();
    const { taskDefinition } = await pipeline.service(CLUSTER, NAME);
    const Properties = {
      TaskDefinition: taskDefinition,
      LoadBalancerInfo: { ContainerName: 'adit-service', ContainerPort: 8080 },
    };
    const content = JSON.stringify({ version: 0, Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties } }] });
    const { deploymentId } = await pipeline.codedeploy.send(
      new CreateDeploymentCommand({ ...GROUP, revision: { revisionType: 'AppSpecContent', appSpecContent: { content } } }),
    );
    await pipeline.deploy('better');
    const { type, detail } = await pipeline.verdict(900);
    expect(type).toBe('DeploymentFailed');
    expect(detail.reason).toMatchObject({ code: 'deployment-under-way', message: expect.stringContaining(deploymentId ?? '') });
  });

  it('whose deployment a person stops goes back, and says so', async () => {
    const pipeline = await start({ target: { configuration: 'CodeDeployDefault.ECSCanary10Percent5Minutes' } });
    await pipeline.deploy('better');
    await pipeline.until(({ type }) => type === 'DeploymentStarted');
    await pipeline.pass(20);
    const [{ deploymentId } = {}] = await pipeline.deployments();
    await pipeline.codedeploy.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
    const { type, detail } = await pipeline.verdict(900);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason).toMatchObject({ code: 'codedeploy-failed', message: expect.stringContaining('stopped by a user') });
  });
});

describe('a smoke test of the team (S2.6)', () => {
  /** Passes for one image alone, and tells what it was asked. */
  const CODE = (digest: string) => `exports.handler = async (event) => {
    if (event.traffic !== 'production' || event.environment !== 'prod' || event.service !== '${NAME}') throw new Error('told ' + JSON.stringify(event));
    return event.digest === '${digest}' ? { passed: true } : { passed: false, detail: 'the cart is empty' };
  };`;

  it('is a function, which decides', async () => {
    const tests = [{ name: 'buys something', function: 'buys-something' }];
    const pipeline = await start({ service: { smoke: { attempts: 1, tests } } });
    const lambda = new LambdaClient(pipeline.access);
    const digest = (await pipeline.digestOf('prod', 'good')) ?? '';
    const iam = new IAMClient(pipeline.access);
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    };
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: 'tests', AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: 'tests',
        PolicyName: 'logs',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' }],
        }),
      }),
    );
    const made = {
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: Role?.Arn,
      Code: { ZipFile: zipOf('index.js', CODE(digest)) },
    } as const;
    await lambda.send(new CreateFunctionCommand({ FunctionName: 'buys-something', ...made }));
    const { detail: good } = await pipeline.earnFirst('prod', NAME, 900);
    expect(good).toMatchObject({ smoke: [{ name: 'buys something', passed: true }] });
    await pipeline.deploy('better');
    const { type, detail } = await pipeline.verdict(900);
    expect(type).toBe('DeploymentRolledBack');
    expect(detail.reason?.message).toContain('"buys something": function buys-something says: the cart is empty');
  });
});

/** A team's function that CodeDeploy asks: it says over the wire how it is, as AWS's sample does. */
const SAYS = (port: number, status: string) => `
exports.handler = async ({ DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId }) => {
  const response = await fetch('http://127.0.0.1:${port}/', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus',
      authorization: 'AWS4-HMAC-SHA256 Credential=local/20260301/eu-west-1/codedeploy/aws4_request, SignedHeaders=host, Signature=x',
    },
    body: JSON.stringify({ deploymentId, lifecycleEventHookExecutionId, status: '${status}' }),
  });
  if (!response.ok) throw new Error(await response.text());
};`;

// S2.3: validation functions of the team's own
describe('functions that CodeDeploy asks on the way', () => {
  const withHooks = async (hooks: Readonly<Record<string, string>>) => {
    const pipeline = await start({ target: { hooks } });
    const { port, close } = await listen(pipeline.handle, 0);
    const iam = new IAMClient(pipeline.access);
    const lambda = new LambdaClient(pipeline.access);
    const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
    const trusting = (Service: string) => document({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' });
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: 'says', AssumeRolePolicyDocument: trusting('lambda.amazonaws.com') }),
    );
    await iam.send(
      new CreateRoleCommand({ RoleName: 'adit-codedeploy', AssumeRolePolicyDocument: trusting('codedeploy.amazonaws.com') }),
    );
    for (const [RoleName, Action] of [
      ['says', ['logs:CreateLogStream', 'logs:PutLogEvents']],
      ['adit-codedeploy', ['lambda:InvokeFunction']],
    ] as const) {
      const PolicyDocument = document({ Effect: 'Allow', Action, Resource: '*' });
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
    }
    for (const [FunctionName, status] of [
      ['says-yes', 'Succeeded'],
      ['says-no', 'Failed'],
    ] as const)
      await lambda.send(
        new CreateFunctionCommand({
          FunctionName,
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: Role?.Arn,
          Code: { ZipFile: zipOf('index.js', SAYS(port, status)) },
        }),
      );
    return { ...pipeline, close };
  };

  it('and that say yes let it go on', async () => {
    const { close, ...pipeline } = await withHooks({ AfterInstall: 'says-yes', AfterAllowTraffic: 'says-yes' });
    await pipeline.deploy('better');
    expect((await pipeline.verdict(900)).type).toBe('DeploymentSucceeded');
    const [only] = await pipeline.deployments();
    expect(JSON.parse(only?.revision?.appSpecContent?.content ?? '').Hooks).toEqual([
      { AfterInstall: 'says-yes' },
      { AfterAllowTraffic: 'says-yes' },
    ]);
    await close();
  });

  it('and that say no, or are not there, bring back what served, before anybody was served by what they tested', async () => {
    for (const [hooks, why] of [
      [{ BeforeAllowTraffic: 'says-no' }, 'says-no failed: the function says so'],
      [{ AfterInstall: 'nobody' }, 'nobody failed'],
    ] as const) {
      const { close, ...pipeline } = await withHooks(hooks);
      const before = await pipeline.runs();
      await pipeline.deploy('better');
      const { type, detail } = await pipeline.verdict(900);
      expect(type).toBe('DeploymentRolledBack');
      expect(detail.reason).toMatchObject({ code: 'codedeploy-hook', message: expect.stringContaining(why) });
      expect(await pipeline.runs()).toBe(before);
      await close();
    }
  });
});

describe.skipIf(!hasAwsCli)("the AWS CLI reads back what happened (needs Debian's awscli)", () => {
  it('in CodeDeploy and in ECS', async () => {
    const pipeline = await start();
    await pipeline.deploy('better');
    const { detail } = await pipeline.verdict(900);
    const { port, close } = await listen(pipeline.handle, 0);
    const aws = awsCli(() => `http://127.0.0.1:${port}`).json;
    const group = ['--application-name', 'adit', '--deployment-group-name', 'adit-prod'];
    const [deployments, described] = await Promise.all([
      aws('deploy', 'list-deployments', ...group),
      aws('ecs', 'describe-services', '--cluster', CLUSTER, '--services', NAME),
    ]);
    expect(deployments.deployments).toHaveLength(1);
    const { deploymentInfo } = await aws('deploy', 'get-deployment', '--deployment-id', deployments.deployments[0]);
    expect(deploymentInfo).toMatchObject({
      status: 'Succeeded',
      creator: 'user',
      description: `switchyard ${detail.deployment}`,
    });
    expect(described.services[0]).toMatchObject({
      deploymentController: { type: 'CODE_DEPLOY' },
      taskSets: [{ status: 'PRIMARY' }],
    });
    await close();
  });
});
