import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { breakerThreshold } from '../../../local/ecs/scheduler.ts';
import { localEcs } from '../../shared/targets/local-ecs.ts';

const REPOSITORY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/preprod';
const BALANCER = [
  {
    targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/1',
    containerName: 'api',
    containerPort: 80,
  },
];

const town = async ({ desiredCount = 2, configuration = {}, first = 'initial' } = {}) => {
  const local = await localEcs();
  const { ecs, clock, told } = local;
  const register = (tag: string) =>
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'api',
        containerDefinitions: [{ name: 'api', image: `${REPOSITORY}:${tag}`, portMappings: [{ containerPort: 80 }] }],
      }),
    );
  await ecs.send(new CreateClusterCommand({ clusterName: 'c' }));
  await register(first);
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'c',
      serviceName: 'api',
      taskDefinition: 'api',
      desiredCount,
      loadBalancers: BALANCER,
      deploymentConfiguration: configuration,
    }),
  );
  await clock.advance(10_000);
  told.length = 0;
  const service = async () => {
    const { services: [found] = [] } = await ecs.send(new DescribeServicesCommand({ cluster: 'c', services: ['api'] }));
    if (found === undefined) throw new Error('there is no service');
    return found;
  };
  const roll = async (tag: string) => {
    await register(tag);
    const { service: after } = await ecs.send(new UpdateServiceCommand({ cluster: 'c', service: 'api', taskDefinition: 'api' }));
    return after?.deployments?.[0]?.id ?? '';
  };
  const newest = async () => {
    const { serviceDeployments: [listed] = [] } = await ecs.send(
      new ListServiceDeploymentsCommand({ cluster: 'c', service: 'api' }),
    );
    const { serviceDeployments: [found] = [] } = await ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [listed?.serviceDeploymentArn ?? ''] }),
    );
    return found;
  };
  const deployments = () =>
    told
      .filter(({ detailType }) => detailType === 'ECS Deployment State Change')
      .map(({ detail }) => [detail['eventName'], detail['deploymentId']]);
  return { ...local, service, roll, newest, deployments };
};

describe('a rolling update', () => {
  it('replaces task by task and ends as completed, with its own id in the events', async () => {
    const { clock, service, roll, deployments } = await town();
    const id = await roll('good');
    expect((await service()).deployments?.map(({ status, rolloutState }) => `${status} ${rolloutState}`)).toEqual([
      'PRIMARY IN_PROGRESS',
      'ACTIVE COMPLETED',
    ]);
    await clock.advance(15_000);
    expect(
      (await service()).deployments?.map(({ status, rolloutState, runningCount }) => `${status} ${rolloutState} ${runningCount}`),
    ).toEqual(['PRIMARY COMPLETED 2']);
    expect(deployments()).toEqual([
      ['SERVICE_DEPLOYMENT_IN_PROGRESS', id],
      ['SERVICE_DEPLOYMENT_COMPLETED', id],
    ]);
  });

  // Developer Guide: at least ceil(desired × minimum %) healthy tasks, at most floor(desired × maximum %) tasks, at any moment.
  it.each([
    [4, 50, 100, 2, 4],
    [4, 100, 150, 4, 6],
    [3, 50, 200, 2, 6],
    [1, 100, 200, 1, 2],
  ])(
    'of %i tasks at %i to %i percent never has fewer than %i nor more than %i',
    async (desiredCount, minimumHealthyPercent, maximumPercent, least, most) => {
      const { clock, roll, ecs } = await town({ desiredCount, configuration: { minimumHealthyPercent, maximumPercent } });
      const counts: number[] = [];
      await roll('good');
      for (let step = 0; step < 100; step += 1) {
        await clock.advance(200);
        const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'c', serviceName: 'api' }));
        counts.push(taskArns.length);
      }
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(Math.min(least, desiredCount));
      expect(Math.max(...counts)).toBeLessThanOrEqual(most);
      expect(counts.at(-1)).toBe(desiredCount);
    },
  );

  it('is superseded by the next one', async () => {
    const { clock, roll, newest, service } = await town();
    await roll('slow');
    const first = await newest();
    await clock.advance(1000);
    const id = await roll('good');
    await clock.advance(20_000);
    expect((await service()).deployments?.map((deployment) => deployment.id)).toEqual([id]);
    expect((await newest())?.serviceDeploymentArn).not.toBe(first?.serviceDeploymentArn);
  });

  it('to an inactive task definition is refused', async () => {
    const { ecs, service } = await town();
    const { taskDefinition = '' } = await service();
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    await expect(ecs.send(new UpdateServiceCommand({ cluster: 'c', service: 'api', taskDefinition }))).rejects.toMatchObject({
      name: 'ClientException',
      message: 'TaskDefinition is inactive',
    });
  });

  it('with no desired tasks is completed at once', async () => {
    const { clock, roll, service } = await town({ desiredCount: 0 });
    await roll('good');
    await clock.advance(1000);
    expect((await service()).deployments?.[0]).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 0 });
  });
});

describe('the circuit breaker', () => {
  // Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures": 3 <= 0.5 × desired count <= 200.
  it.each([
    [1, 3],
    [6, 3],
    [7, 4],
    [25, 13],
    [400, 200],
    [800, 200],
  ])('of %i tasks trips after %i failures', (desired, threshold) => expect(breakerThreshold(desired)).toBe(threshold));

  it('rolls back by another deployment, whose end is told as completed under its own id', async () => {
    const { clock, roll, newest, service, deployments } = await town({
      configuration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    const before = (await service()).taskDefinition;
    const id = await roll('crashing');
    await clock.advance(60_000);
    const [primary] = (await service()).deployments ?? [];
    expect(primary).toMatchObject({ taskDefinition: before, rolloutState: 'COMPLETED' });
    expect(deployments()).toEqual([
      ['SERVICE_DEPLOYMENT_IN_PROGRESS', id],
      ['SERVICE_DEPLOYMENT_FAILED', id],
      ['SERVICE_DEPLOYMENT_IN_PROGRESS', primary?.id],
      ['SERVICE_DEPLOYMENT_COMPLETED', primary?.id],
    ]);
    expect(await newest()).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3 },
    });
  });

  it('without rollback leaves the failed deployment where it is', async () => {
    const { clock, roll, service } = await town({
      configuration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    const id = await roll('crashing');
    await clock.advance(60_000);
    expect((await service()).deployments?.find((deployment) => deployment.id === id)).toMatchObject({
      status: 'PRIMARY',
      rolloutState: 'FAILED',
    });
  });
});

describe('a deployment alarm', () => {
  const configuration = { alarms: { alarmNames: ['errors'], enable: true, rollback: true } };

  it('that rings during the deployment rolls back', async () => {
    const { clock, roll, newest, setAlarm } = await town({ configuration });
    setAlarm('errors', 'OK');
    await roll('slow');
    await clock.advance(2000);
    setAlarm('errors', 'ALARM');
    await clock.advance(30_000);
    expect(await newest()).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', alarms: { triggeredAlarmNames: ['errors'] } });
  });

  it('that rings already is not watched for that deployment', async () => {
    const { clock, roll, newest, setAlarm } = await town({ configuration });
    setAlarm('errors', 'ALARM');
    await roll('good');
    await clock.advance(30_000);
    expect((await newest())?.status).toBe('SUCCESSFUL');
  });
});

describe('tasks', () => {
  it('tell why they stopped', async () => {
    const { clock, roll, told, ecs } = await town();
    await roll('crashing');
    await clock.advance(1600);
    const stopped = told.find(
      ({ detailType, detail }) => detailType === 'ECS Task State Change' && detail['stopCode'] === 'EssentialContainerExited',
    );
    expect(stopped?.detail).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 1 }],
      group: 'service:api',
    });
    const { tasks = [] } = await ecs.send(
      new DescribeTasksCommand({ cluster: 'c', tasks: [String(stopped?.detail['taskArn'])] }),
    );
    expect(tasks[0]).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 1 }] });
  });

  it('of an image that is not there cannot start', async () => {
    const { clock, roll, told } = await town();
    await roll('no-such-tag');
    await clock.advance(1600);
    expect(told.find(({ detail }) => detail['stopCode'] === 'TaskFailedToStart')?.detail['stoppedReason']).toMatch(
      /CannotPullContainerError.*no-such-tag/,
    );
  });

  it('that fail after they were healthy are replaced', async () => {
    const { clock, roll, told } = await town({ desiredCount: 1 });
    await roll('late');
    await clock.advance(28_000);
    expect(told.filter(({ detail }) => /health checks/.test(String(detail['stoppedReason'])))).toEqual([]);
    await clock.advance(10_000);
    expect(told.filter(({ detail }) => /failed ELB health checks/.test(String(detail['stoppedReason'])))).toHaveLength(1);
  });
});

describe('what is not known', () => {
  it.each([
    ['a strategy', { deploymentConfiguration: { strategy: 'SIDEWAYS' as never } }, /SIDEWAYS/],
    ['a controller', { deploymentController: { type: 'EXTERNAL' as const } }, /EXTERNAL/],
    [
      'a threshold type',
      {
        deploymentConfiguration: {
          deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: 'SOME' as never, value: 1 } },
        },
      },
      /SOME is no threshold type/,
    ],
    [
      'an early success without its terms',
      { deploymentConfiguration: { earlySuccessCriteria: { enable: true } } },
      /healthyPercent and sourceServiceRevisionCleanup/,
    ],
    ['a parameter', { capacityProviderStrategy: [{ capacityProvider: 'x' }] }, /capacityProviderStrategy/],
  ])('%s is refused by name', async (_, more, message) => {
    const { ecs } = await town();
    await expect(
      ecs.send(new CreateServiceCommand({ cluster: 'c', serviceName: 'other', taskDefinition: 'api', desiredCount: 1, ...more })),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(message),
    });
  });
});

// API reference, ThresholdConfiguration, DeploymentCircuitBreaker, DeploymentEarlySuccessCriteria: worked by hand.
describe('the circuit breaker as it can be set', () => {
  it.each([
    [{ type: 'COUNT', value: 5 }, 2, 5],
    [{ type: 'COUNT', value: 1 }, 400, 1],
    [{ type: 'BOUNDED_PERCENT', value: 50 }, 2, 3],
    [{ type: 'BOUNDED_PERCENT', value: 50 }, 500, 200],
    [{ type: 'BOUNDED_PERCENT', value: 10 }, 100, 10],
    [{ type: 'UNBOUNDED_PERCENT', value: 100 }, 2, 2],
    [{ type: 'UNBOUNDED_PERCENT', value: 50 }, 500, 250],
  ] as const)('%j of %i tasks allows %i failures', (threshold, desired, failures) => {
    expect(breakerThreshold(desired, threshold)).toBe(failures);
  });

  it('goes back after as many failures as it says', async () => {
    const breaker = { enable: true, rollback: true, thresholdConfiguration: { type: 'COUNT', value: 1 } } as const;
    const { roll, clock, newest } = await town({ desiredCount: 1, configuration: { deploymentCircuitBreaker: breaker } });
    await roll('crashing');
    await clock.advance(20_000);
    expect(await newest()).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      deploymentCircuitBreaker: { threshold: 1, failureCount: 1 },
    });
  });
});

describe('early success', () => {
  const criteria = (sourceServiceRevisionCleanup: 'BLOCKING' | 'DEFERRED') => ({
    minimumHealthyPercent: 50,
    maximumPercent: 100,
    earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup },
  });

  it('is declared with the share of healthy tasks that it asks for, while old tasks run', async () => {
    const { roll, clock, service } = await town({ desiredCount: 2, configuration: criteria('DEFERRED') });
    await roll('good');
    await clock.advance(4_000);
    const { deployments = [], runningCount } = await service();
    expect(deployments[0]).toMatchObject({ status: 'PRIMARY', rolloutState: 'COMPLETED' });
    expect(runningCount).toBe(2);
  });
});
