import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { digestOf, LISTENERS, localService, REPOSITORY } from '../../shared/targets/local-ecs.ts';

type Local = Awaited<ReturnType<typeof localService>>;

const PAUSED = {
  targetType: 'PAUSE',
  lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
  timeoutConfiguration: { timeoutInMinutes: 10, action: 'ROLLBACK' },
} as const;

const update = async ({ ecs }: Local, tag: string): Promise<void> => {
  const containerDefinitions = [{ name: 'api', image: `${REPOSITORY}:${tag}`, portMappings: [{ containerPort: 8080 }] }];
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ family: 'api', containerDefinitions }));
  await ecs.send(new UpdateServiceCommand({ cluster: 'c', service: 'api', taskDefinition: taskDefinition?.taskDefinitionArn }));
};

/** The newest service deployment. */
const newest = async ({ ecs }: Local) => {
  const { serviceDeployments: [listed] = [] } = await ecs.send(
    new ListServiceDeploymentsCommand({ cluster: 'c', service: 'api' }),
  );
  const serviceDeploymentArns = [listed?.serviceDeploymentArn ?? ''];
  const { serviceDeployments: [found] = [] } = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }));
  if (found === undefined) throw new Error('there is no service deployment');
  return found;
};

const serviceOf = async ({ ecs }: Local) =>
  (await ecs.send(new DescribeServicesCommand({ cluster: 'c', services: ['api'] }))).services?.[0];

/** How many of 100 requests each image answers. */
const shares = async ({ fetch }: Local, host = 'api.c.test'): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (let count = 0; count < 100; count += 1) {
    const { image } = (await (await fetch(`http://${host}/`)).json()) as { image: string };
    const tag = ['initial', 'good', 'fragile'].find((name) => digestOf(name) === image) ?? image;
    counts[tag] = (counts[tag] ?? 0) + 1;
  }
  return counts;
};

const awaiting = async (local: Local): Promise<string> => {
  const { lifecycleHookDetails = [] } = await newest(local);
  return lifecycleHookDetails.find(({ status }) => status === 'AWAITING_ACTION')?.hookId ?? '';
};

const answer = async (local: Local, action: 'CONTINUE' | 'ROLLBACK'): Promise<unknown> =>
  local.ecs.send(
    new ContinueServiceDeploymentCommand({
      serviceDeploymentArn: (await newest(local)).serviceDeploymentArn,
      hookId: await awaiting(local),
      action,
    }),
  );

// Developer Guide, "Amazon ECS blue/green service deployments workflow", "Linear …", "Canary …", "Pause hooks".
describe('a blue/green deployment', () => {
  it('shifts all traffic at once, and lets the old revision go after the bake time', async () => {
    const local = await localService({ shifts: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 }, desiredCount: 2 });
    await update(local, 'good');
    expect(await shares(local)).toEqual({ initial: 100 });
    await local.clock.advance(10_000);
    expect(await newest(local)).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'BAKE_TIME' });
    expect(await shares(local)).toEqual({ good: 100 });
    expect((await serviceOf(local))?.runningCount).toBe(4);
    await local.clock.advance(60_000);
    expect(await newest(local)).toMatchObject({ status: 'SUCCESSFUL' });
    expect((await serviceOf(local))?.runningCount).toBe(2);
    expect(await shares(local)).toEqual({ good: 100 });
  });

  it('gives the new revision test traffic, and waits for an answer', async () => {
    const local = await localService({ shifts: { strategy: 'BLUE_GREEN', lifecycleHooks: [PAUSED] } });
    await update(local, 'good');
    await local.clock.advance(10_000);
    expect(await newest(local)).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT' });
    expect(await shares(local)).toEqual({ initial: 100 });
    expect(await shares(local, 'test.api.c.test')).toEqual({ good: 100 });
    const told = local.told.filter(({ detailType }) => detailType === 'ECS Hook State Change');
    expect(told.map(({ detail }) => [detail['eventName'], detail['lifecycleStage'], detail['hookId']])).toEqual([
      ['HOOK_AWAITING_ACTION', 'POST_TEST_TRAFFIC_SHIFT', await awaiting(local)],
    ]);
    await answer(local, 'CONTINUE');
    await local.clock.advance(10_000);
    expect(await newest(local)).toMatchObject({ status: 'SUCCESSFUL' });
    expect(await shares(local)).toEqual({ good: 100 });
    await expect(answer(local, 'CONTINUE')).rejects.toMatchObject({ name: 'ConflictException' });
  });

  it.each([
    ['by the answer', (local: Local) => answer(local, 'ROLLBACK')],
    ['when nobody answers in time', (local: Local) => local.clock.advance(600_000)],
    [
      'when it is stopped',
      async (local: Local) =>
        local.ecs.send(
          new StopServiceDeploymentCommand({
            serviceDeploymentArn: (await newest(local)).serviceDeploymentArn,
            stopType: 'ROLLBACK',
          }),
        ),
    ],
    ['when its alarm rings', async (local: Local) => local.setAlarm('errors', 'ALARM')],
  ])('goes back %s', async (_, act) => {
    const local = await localService({ shifts: { strategy: 'BLUE_GREEN', lifecycleHooks: [PAUSED] }, alarm: 'errors' });
    await update(local, 'good');
    await local.clock.advance(10_000);
    await act(local);
    expect(await shares(local, 'test.api.c.test')).toEqual({ initial: 100 });
    await local.clock.advance(5_000);
    expect(await newest(local)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    expect((await serviceOf(local))?.taskDefinition).toMatch(/api:1$/);
    expect(await shares(local)).toEqual({ initial: 100 });
  });

  it('goes back at once out of the bake time, when all traffic is on the new revision', async () => {
    const local = await localService({ shifts: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 } });
    await update(local, 'good');
    await local.clock.advance(10_000);
    const { serviceDeploymentArn } = await newest(local);
    await local.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
    expect(await shares(local)).toEqual({ initial: 100 });
  });

  it('is superseded by another one', async () => {
    const local = await localService({ shifts: { strategy: 'BLUE_GREEN', lifecycleHooks: [PAUSED] } });
    await update(local, 'good');
    await local.clock.advance(10_000);
    const first = (await newest(local)).serviceDeploymentArn ?? '';
    await update(local, 'good');
    await local.clock.advance(10_000);
    const { serviceDeployments } = await local.ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [first] }),
    );
    expect(serviceDeployments?.[0]?.status).toBe('STOPPED');
    await answer(local, 'CONTINUE');
    await local.clock.advance(10_000);
    expect(await newest(local)).toMatchObject({ status: 'SUCCESSFUL' });
    expect((await serviceOf(local))?.taskDefinition).toMatch(/api:3$/);
  });
});

// "Both hooks must complete before the deployment proceeds to the next stage"
// (Developer Guide, "Lifecycle hooks for Amazon ECS service deployments").
describe('two hooks at one stage', () => {
  /** A function of the team that never ends, then a pause. */
  const withBoth = async (functionMinutes: number, pauseMinutes: number) => {
    const asks = {
      hookTargetArn: 'arn:aws:lambda:eu-west-1:000000000000:function:approves',
      roleArn: 'arn:aws:iam::000000000000:role/asks',
      lifecycleStages: PAUSED.lifecycleStages,
      timeoutConfiguration: { timeoutInMinutes: functionMinutes, action: 'CONTINUE' },
    };
    const pauses = { ...PAUSED, timeoutConfiguration: { timeoutInMinutes: pauseMinutes, action: 'ROLLBACK' } };
    const answer = { hookStatus: 'IN_PROGRESS', callBackDelay: 60 };
    const local = await localService({ shifts: { strategy: 'BLUE_GREEN', lifecycleHooks: [asks, pauses] }, answer });
    await update(local, 'good');
    await local.clock.advance(10_000);
    return local;
  };

  const statuses = async (local: Local) => (await newest(local)).lifecycleHookDetails?.map(({ status }) => status);

  it('both have to be over: one that times out does not answer for the other', async () => {
    const local = await withBoth(5, 10);
    expect(await statuses(local)).toEqual(['IN_PROGRESS', 'AWAITING_ACTION']);
    await local.clock.advance(300_000);
    expect(await statuses(local)).toEqual(['TIMED_OUT', 'AWAITING_ACTION']);
    expect(await newest(local)).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT' });
    expect(await shares(local)).toEqual({ initial: 100 });
    await answer(local, 'CONTINUE');
    await local.clock.advance(10_000);
    expect(await newest(local)).toMatchObject({ status: 'SUCCESSFUL' });
  });

  it('each times out in its own time', async () => {
    const local = await withBoth(20, 10);
    await local.clock.advance(600_000);
    const timedOut = local.told.filter(({ detail }) => detail['eventName'] === 'HOOK_TIMED_OUT');
    expect(timedOut.map(({ detail }) => detail['hookType'])).toEqual(['PAUSE']);
    expect(await newest(local)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    expect(await shares(local)).toEqual({ initial: 100 });
  });
});

describe('traffic', () => {
  it('is shifted by equal steps (LINEAR)', async () => {
    const linearConfiguration = { stepPercent: 40, stepBakeTimeInMinutes: 1 };
    const local = await localService({ shifts: { strategy: 'LINEAR', linearConfiguration } });
    await update(local, 'good');
    await local.clock.advance(10_000);
    expect(await shares(local)).toEqual({ initial: 60, good: 40 });
    expect((await newest(local)).targetServiceRevision).toMatchObject({ requestedProductionTrafficWeight: 40 });
    await local.clock.advance(61_000);
    expect(await shares(local)).toEqual({ initial: 20, good: 80 });
    await local.clock.advance(61_000);
    expect(await shares(local)).toEqual({ good: 100 });
    await local.clock.advance(10_000);
    expect(await newest(local)).toMatchObject({ status: 'SUCCESSFUL' });
  });

  it('is given by a little first, then all of it (CANARY)', async () => {
    const canaryConfiguration = { canaryPercent: 5, canaryBakeTimeInMinutes: 1 };
    const local = await localService({ shifts: { strategy: 'CANARY', canaryConfiguration } });
    await update(local, 'good');
    await local.clock.advance(10_000);
    expect(await shares(local)).toEqual({ initial: 95, good: 5 });
    await local.clock.advance(61_000);
    expect(await shares(local)).toEqual({ good: 100 });
  });

  it('waits at each step where it is told to', async () => {
    const pause = { ...PAUSED, lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] };
    const canaryConfiguration = { canaryPercent: 10, canaryBakeTimeInMinutes: 0 };
    const local = await localService({ shifts: { strategy: 'CANARY', canaryConfiguration, lifecycleHooks: [pause] } });
    await update(local, 'good');
    await local.clock.advance(10_000);
    const first = await awaiting(local);
    await answer(local, 'CONTINUE');
    await local.clock.advance(10_000);
    expect(await shares(local)).toEqual({ initial: 90, good: 10 });
    expect(await awaiting(local)).not.toBe(first);
    await answer(local, 'CONTINUE');
    await local.clock.advance(10_000);
    expect(await newest(local)).toMatchObject({ status: 'SUCCESSFUL' });
  });
});

describe('what cannot be is refused', () => {
  const refused = (shifts: Readonly<Record<string, unknown>> & { strategy: 'BLUE_GREEN' | 'CANARY' }) =>
    expect(localService({ shifts })).rejects;

  it.each([
    [{ strategy: 'BLUE_GREEN', canaryConfiguration: { canaryPercent: 5 } }, 'canaryConfiguration is not supported'],
    [{ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0 } }, 'canaryPercent must be from 0.1 to 100'],
    [{ strategy: 'BLUE_GREEN', lifecycleHooks: [{ ...PAUSED, lifecycleStages: ['SCALE_UP'] }] }, 'the stage SCALE_UP'],
    [{ strategy: 'BLUE_GREEN', lifecycleHooks: [{ targetType: 'AWS_LAMBDA' }] }, 'hookTargetArn is required'],
    [{ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1441 }, 'bakeTimeInMinutes must be from 0 to 1440'],
  ] as const)('%j', async (shifts, message) => {
    await refused(shifts).toThrow(message);
  });

  it('a strategy without the second target group', async () => {
    const local = await localService();
    const deploymentConfiguration = { strategy: 'BLUE_GREEN' } as const;
    const asked = local.ecs.send(new UpdateServiceCommand({ cluster: 'c', service: 'api', deploymentConfiguration }));
    await expect(asked).rejects.toThrow('advancedConfiguration.alternateTargetGroupArn is required');
    expect(LISTENERS.alternateTargetGroupArn).toContain('targetgroup');
  });
});
