import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { afterAll, describe, expect, it } from 'vitest';
import { imageOf, openEcs } from './ecs-town.ts';
import { eventually, leftOut, openEndpoint, uniqueName } from './endpoint.ts';
import { openEvents } from './event-bus.ts';

const endpoint = await openEndpoint();
const { ecs, newCluster, register, newService, find, close } = openEcs({ ...endpoint, close: async () => undefined });
const { newQueue, subscribe, close: closeEvents } = openEvents(endpoint);
const left = leftOut('ecs');

afterAll(async () => {
  await close();
  await closeEvents();
});

const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: true } };
const WITHIN = 20_000;

/** A service that runs the image tagged `good`, settled. */
const town = async (
  desiredCount = 1,
  deploymentConfiguration: UpdateServiceCommandInput['deploymentConfiguration'] = BREAKER,
) => {
  const [cluster, family] = [await newCluster(), uniqueName('conformance-family')];
  const before = await register(family);
  const { serviceName: service = '', serviceArn = '' } = await newService(cluster, before, {
    desiredCount,
    deploymentConfiguration,
  });
  const look = () => find(cluster, service);
  const settled = () =>
    eventually(async () => {
      const { deployments = [] } = await look();
      expect(deployments.map(({ status, rolloutState }) => `${status} ${rolloutState}`)).toEqual(['PRIMARY COMPLETED']);
    }, WITHIN);
  await settled();
  /** The new deployment, as UpdateService tells of it. */
  const roll = async (tag: string, more: Partial<UpdateServiceCommandInput> = {}) => {
    const taskDefinition = await register(family, tag);
    const answer = await ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition, ...more }));
    return { taskDefinition, answer: answer.service, id: answer.service?.deployments?.[0]?.id ?? '' };
  };
  const newest = async () => {
    const { serviceDeployments: [listed] = [] } = await ecs.send(new ListServiceDeploymentsCommand({ cluster, service }));
    const { serviceDeployments: [found] = [] } = await ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [listed?.serviceDeploymentArn ?? ''] }),
    );
    return found;
  };
  return { cluster, service, serviceArn, before, look, settled, roll, newest };
};

/** The ECS events of a service on the default bus, from now on. */
const watch = async (pattern: object) => {
  const queue = await newQueue();
  await subscribe('default', { Arn: queue.arn }, { source: ['aws.ecs'], ...pattern });
  return async (count: number) => (await queue.take(count)).map(({ Body = '' }) => JSON.parse(Body));
};

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html, API_ServiceDeployment.html, API_UpdateService.html;
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
describe.skipIf(left)('a rollout (skipped where CONFORMANCE_SKIP names ecs)', () => {
  it.concurrent('is the PRIMARY deployment, in progress, and then the only one, completed', async () => {
    const { before, look, settled, roll, newest } = await town(2);
    const { taskDefinition, answer, id } = await roll('better');
    expect(answer).toMatchObject({
      taskDefinition,
      deployments: [
        {
          id,
          status: 'PRIMARY',
          rolloutState: 'IN_PROGRESS',
          rolloutStateReason: `ECS deployment ${id} in progress.`,
          taskDefinition,
        },
        { status: 'ACTIVE', taskDefinition: before },
      ],
    });
    expect(id).toMatch(/^ecs-svc\/[0-9]+$/);
    expect(answer?.currentServiceDeployment).toMatch(/:service-deployment\//);
    await settled();
    const after = await look();
    expect(after).toMatchObject({ runningCount: 2, pendingCount: 0, taskDefinition });
    expect(after.deployments).toMatchObject([{ id, rolloutStateReason: `ECS deployment ${id} completed.`, runningCount: 2 }]);
    expect(after.events?.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringMatching(/has reached a steady state\.$/)]),
    );
    const record = await newest();
    expect(record).toMatchObject({ status: 'SUCCESSFUL', serviceDeploymentArn: answer?.currentServiceDeployment });
    expect(record?.finishedAt).toBeInstanceOf(Date);
    const revisions = [record?.sourceServiceRevisions?.[0]?.arn ?? '', record?.targetServiceRevision?.arn ?? ''];
    const { serviceRevisions } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: revisions }));
    expect(serviceRevisions).toMatchObject([
      { taskDefinition: before },
      { taskDefinition, containerImages: [{ containerName: 'app', image: imageOf('better') }] },
    ]);
  });

  it.concurrent('is told of by events with its own id', async () => {
    const { serviceArn, settled, roll } = await town();
    const events = await watch({ 'detail-type': ['ECS Deployment State Change'], resources: [serviceArn] });
    const { id } = await roll('better');
    await settled();
    const told = await events(2);
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
    const shape = (eventName: string, reason: string) => ({
      version: '0',
      'detail-type': 'ECS Deployment State Change',
      source: 'aws.ecs',
      resources: [serviceArn],
      detail: { eventType: 'INFO', eventName, deploymentId: id, reason, updatedAt: expect.stringMatching(/^2.+Z$/) },
    });
    expect(told.sort((a, b) => (a.detail.eventName < b.detail.eventName ? 1 : -1))).toMatchObject([
      shape('SERVICE_DEPLOYMENT_IN_PROGRESS', `ECS deployment ${id} in progress.`),
      shape('SERVICE_DEPLOYMENT_COMPLETED', `ECS deployment ${id} completed.`),
    ]);
  });

  it.concurrent('is begun by forceNewDeployment too, and not by a desired count or a configuration', async () => {
    const { cluster, service, look, settled, newest } = await town();
    const first = (await look()).deployments?.[0]?.id;
    const update = (more: object) => ecs.send(new UpdateServiceCommand({ cluster, service, ...more }));
    await update({ desiredCount: 2, deploymentConfiguration: { maximumPercent: 150 } });
    await eventually(async () => expect((await look()).runningCount).toBe(2), WITHIN);
    expect((await look()).deployments).toMatchObject([{ id: first, status: 'PRIMARY' }]);
    const record = (await newest())?.serviceDeploymentArn;
    await update({ forceNewDeployment: true });
    await settled();
    expect((await look()).deployments?.[0]?.id).not.toBe(first);
    expect((await newest())?.serviceDeploymentArn).not.toBe(record);
  });

  it.concurrent('that another one follows is stopped', async () => {
    const { cluster, service, look, settled, roll } = await town();
    await roll('slow');
    const { id } = await roll('better');
    await settled();
    expect((await look()).deployments).toMatchObject([{ id }]);
    const { serviceDeployments = [] } = await ecs.send(new ListServiceDeploymentsCommand({ cluster, service }));
    expect(serviceDeployments.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL']);
    const stopped = await ecs.send(new ListServiceDeploymentsCommand({ cluster, service, status: ['STOPPED'] }));
    expect(stopped.serviceDeployments).toHaveLength(1);
    const first = await ecs.send(new ListServiceDeploymentsCommand({ cluster, service, maxResults: 2 }));
    const second = await ecs.send(
      new ListServiceDeploymentsCommand({ cluster, service, maxResults: 2, nextToken: first.nextToken }),
    );
    expect([first.serviceDeployments?.length, second.serviceDeployments?.length]).toEqual([2, 1]);
  });

  it.concurrent('that somebody stops goes back', async () => {
    const { before, look, settled, roll, newest } = await town();
    await roll('slow');
    const arn = (await newest())?.serviceDeploymentArn ?? '';
    await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' }));
    await settled();
    expect(await look()).toMatchObject({ taskDefinition: before });
    expect(await newest()).toMatchObject({ serviceDeploymentArn: arn, status: 'ROLLBACK_SUCCESSFUL' });
    await expect(ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn }))).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });

  it.concurrent('is not described by what is no deployment, nor by more than 20', async () => {
    const { newest } = await town(0);
    const arn = (await newest())?.serviceDeploymentArn ?? '';
    const nobody = `${arn.slice(0, arn.lastIndexOf('/'))}/${'x'.repeat(21)}`;
    const { failures } = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [nobody] }));
    expect(failures).toMatchObject([{ arn: nobody, reason: 'MISSING' }]);
    await expect(
      ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: Array.from({ length: 21 }, () => arn) })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html: three failed tasks at least; "the
// deployment is set to FAILED", and a rollback is another deployment to the last completed one.
describe.skipIf(left)('the circuit breaker (skipped where CONFORMANCE_SKIP names ecs)', () => {
  it.concurrent('fails a rollout whose tasks do not start, and goes back to what ran before', async () => {
    const { serviceArn, before, look, roll, newest } = await town(2);
    const events = await watch({ 'detail-type': ['ECS Deployment State Change'], resources: [serviceArn] });
    const { id } = await roll('conformance-no-such-tag');
    await eventually(async () => {
      expect(await newest()).toMatchObject({
        status: 'ROLLBACK_SUCCESSFUL',
        deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: expect.any(Number), threshold: 3 },
        rollback: {
          reason: expect.stringMatching(/circuit breaker/),
          serviceRevisionArn: expect.stringMatching(/:service-revision\//),
        },
      });
    }, WITHIN);
    const after = await look();
    expect(after).toMatchObject({ taskDefinition: before, runningCount: 2 });
    const back = after.deployments?.[0]?.id;
    expect(back).not.toBe(id);
    const told = (await events(4)).map(({ detail }) => `${detail.eventType} ${detail.eventName} ${detail.deploymentId}`);
    expect(told.sort()).toEqual(
      [
        `INFO SERVICE_DEPLOYMENT_IN_PROGRESS ${id}`,
        `ERROR SERVICE_DEPLOYMENT_FAILED ${id}`,
        `INFO SERVICE_DEPLOYMENT_IN_PROGRESS ${back}`,
        `INFO SERVICE_DEPLOYMENT_COMPLETED ${back}`,
      ].sort(),
    );
  });

  it.concurrent('without rollback leaves the failed deployment as it is, and the old tasks too', async () => {
    const { before, look, roll } = await town(2, { deploymentCircuitBreaker: { enable: true, rollback: false } });
    const { id } = await roll('conformance-no-such-tag');
    await eventually(async () => {
      expect((await look()).deployments).toMatchObject([
        {
          id,
          status: 'PRIMARY',
          rolloutState: 'FAILED',
          rolloutStateReason: expect.stringMatching(/^ECS deployment circuit breaker: /),
        },
        { status: 'ACTIVE', taskDefinition: before, runningCount: 2 },
      ]);
    }, WITHIN);
  });
});

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html and ecs_task_events.html
describe.skipIf(left)('a task that stopped (skipped where CONFORMANCE_SKIP names ecs)', () => {
  const stoppedOf = async (cluster: string, taskDefinitionArn: string) => {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }));
    const { tasks = [] } = taskArns.length === 0 ? {} : await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    const found = tasks.find((task) => task.taskDefinitionArn === taskDefinitionArn && task.lastStatus === 'STOPPED');
    if (found === undefined) throw new Error('no task has stopped yet');
    return found;
  };

  it.concurrent('by itself tells its exit code, and is told of by an event', async () => {
    const { cluster, service, serviceArn, roll } = await town();
    const events = await watch({
      'detail-type': ['ECS Task State Change'],
      detail: { group: [`service:${service}`], lastStatus: ['STOPPED'], stopCode: ['EssentialContainerExited'] },
    });
    const { taskDefinition } = await roll('crashing');
    const task = await eventually(() => stoppedOf(cluster, taskDefinition), WITHIN);
    const expected = {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode: 1, lastStatus: 'STOPPED' }],
    };
    expect(task).toMatchObject(expected);
    expect(task.stoppedAt).toBeInstanceOf(Date);
    const [event] = await events(1);
    expect(event.resources).toEqual([event.detail.taskArn]);
    expect(event.detail).toMatchObject({
      ...expected,
      clusterArn: serviceArn.replace(':service/', ':cluster/').replace(/\/[^/]+$/, ''),
      taskDefinitionArn: taskDefinition,
      desiredStatus: 'STOPPED',
      startedBy: expect.stringMatching(/^ecs-svc\//),
      version: expect.any(Number),
      launchType: 'FARGATE',
      cpu: '256',
      memory: '512',
    });
  });

  it.concurrent('because its image could not be pulled says so', async () => {
    const { cluster, roll } = await town();
    const { taskDefinition } = await roll('conformance-no-such-tag');
    const task = await eventually(() => stoppedOf(cluster, taskDefinition), WITHIN);
    expect(task).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(/^CannotPullContainerError/),
    });
    expect(task.containers?.[0]?.exitCode).toBeUndefined();
  });

  it.concurrent('because another took its place says so', async () => {
    const { cluster, before, settled, roll } = await town();
    await roll('better');
    await settled();
    expect(await stoppedOf(cluster, before)).toMatchObject({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: expect.stringMatching(/^Scaling activity initiated by \(deployment ecs-svc\/[0-9]+\)$/),
    });
  });
});
