import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTasksCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, describe, expect, it } from 'vitest';
import { NETWORK, openEcs } from './ecs-town.ts';
import { eventually, leftOut, openEndpoint, uniqueName } from './endpoint.ts';

const { ecs, newCluster, register, newService, find, close } = openEcs(await openEndpoint());
const left = leftOut('ecs');

afterAll(close);

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html, API_DescribeClusters.html, API_DeleteCluster.html
describe.skipIf(left)('a cluster (skipped where CONFORMANCE_SKIP names ecs)', () => {
  it('is active from the start, and the same when it is made again', async () => {
    const clusterName = await newCluster();
    const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName }));
    expect(cluster).toMatchObject({ clusterName, status: 'ACTIVE', activeServicesCount: 0, runningTasksCount: 0 });
    expect(cluster?.clusterArn).toMatch(new RegExp(`^arn:aws:ecs:[a-z0-9-]+:[0-9]{12}:cluster/${clusterName}$`));
  });

  it('that is not there is a failure of DescribeClusters', async () => {
    const name = uniqueName('conformance-missing');
    const there = await newCluster();
    const { clusters, failures } = await ecs.send(new DescribeClustersCommand({ clusters: [name, there] }));
    expect(clusters?.map(({ clusterName }) => clusterName)).toEqual([there]);
    expect(failures).toMatchObject([{ arn: expect.stringMatching(new RegExp(`:cluster/${name}$`)), reason: 'MISSING' }]);
  });

  it('with a service is not deleted, and one that is not there neither', async () => {
    const cluster = await newCluster();
    await newService(cluster, await register(uniqueName('conformance-family')), { desiredCount: 0 });
    await expect(ecs.send(new DeleteClusterCommand({ cluster }))).rejects.toMatchObject({
      name: 'ClusterContainsServicesException',
    });
    await expect(ecs.send(new DeleteClusterCommand({ cluster: uniqueName('conformance-missing') }))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
    });
  });
});

const network = (subnets: number, groups: number) => ({
  awsvpcConfiguration: {
    subnets: Array.from({ length: subnets }, (_, n) => `subnet-${n}`),
    securityGroups: Array.from({ length: groups }, (_, n) => `sg-${n}`),
  },
});

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html, API_DescribeServices.html,
// API_UpdateService.html, API_DeleteService.html, API_ListServices.html
describe.skipIf(left)('a service (skipped where CONFORMANCE_SKIP names ecs)', () => {
  it('is described as it was created', async () => {
    const [cluster, definition] = [await newCluster(), await register(uniqueName('conformance-family'))];
    const created = await newService(cluster, definition, { desiredCount: 0 });
    const name = created.serviceName ?? '';
    expect(created).toMatchObject({
      serviceArn: expect.stringMatching(new RegExp(`^arn:aws:ecs:[a-z0-9-]+:[0-9]{12}:service/${cluster}/${name}$`)),
      clusterArn: expect.stringMatching(new RegExp(`:cluster/${cluster}$`)),
      status: 'ACTIVE',
      desiredCount: 0,
      taskDefinition: definition,
      launchType: 'FARGATE',
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
      networkConfiguration: NETWORK,
    });
    expect(created.createdAt).toBeInstanceOf(Date);
    const { services: byArn } = await ecs.send(new DescribeServicesCommand({ cluster, services: [created.serviceArn ?? ''] }));
    expect(byArn?.[0]).toMatchObject({ serviceName: name, status: 'ACTIVE' });
  });

  it.each<[string, Partial<CreateServiceCommandInput>, string, RegExp?]>([
    [
      'in a cluster that is not there',
      { cluster: uniqueName('conformance-missing') },
      'ClusterNotFoundException',
      /^Cluster not found\.$/,
    ],
    ['of a task definition that is not there', { taskDefinition: uniqueName('conformance-nobody') }, 'ClientException'],
    ['with a name with a space', { serviceName: 'a b' }, 'InvalidParameterException'],
    ['without a name', { serviceName: '' }, 'InvalidParameterException'],
    ['of less than no tasks', { desiredCount: -1 }, 'InvalidParameterException'],
    [
      'with awsvpc and no network',
      { networkConfiguration: undefined },
      'InvalidParameterException',
      /^Network Configuration must be provided when networkMode 'awsvpc' is specified\.$/,
    ],
    [
      'balanced to a container that there is not',
      { loadBalancers: [{ targetGroupArn: 'arn:aws:elasticloadbalancing:x', containerName: 'nobody', containerPort: 8080 }] },
      'InvalidParameterException',
      /^The container nobody does not exist in the task definition\.$/,
    ],
    [
      'balanced to a port that is not mapped',
      { loadBalancers: [{ targetGroupArn: 'arn:aws:elasticloadbalancing:x', containerName: 'app', containerPort: 80 }] },
      'InvalidParameterException',
      /^The container app did not have a container port 80 defined\.$/,
    ],
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html: 16 subnets, 5 security groups, 5 target groups.
    ['in 17 subnets', { networkConfiguration: network(17, 1) }, 'InvalidParameterException'],
    ['with 6 security groups', { networkConfiguration: network(1, 6) }, 'InvalidParameterException'],
    [
      'with 6 target groups',
      {
        loadBalancers: Array.from({ length: 6 }, (_, n) => ({
          targetGroupArn: `arn:aws:elasticloadbalancing:x${n}`,
          containerName: 'app',
          containerPort: 8080,
        })),
      },
      'InvalidParameterException',
    ],
    [
      'that may neither have more tasks nor fewer',
      { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } },
      'InvalidParameterException',
      /cannot be 100/,
    ],
  ])('%s is refused', async (_, wrong, name, message = /.+/) => {
    const [cluster, taskDefinition] = [await newCluster(), await register(uniqueName('conformance-family'))];
    const good = {
      cluster,
      serviceName: uniqueName('conformance-service'),
      taskDefinition,
      desiredCount: 0,
      launchType: 'FARGATE',
    } as const;
    await expect(ecs.send(new CreateServiceCommand({ ...good, networkConfiguration: NETWORK, ...wrong }))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });

  it('of a task definition without a network of its own takes no network', async () => {
    const cluster = await newCluster();
    const bridged = await register(uniqueName('conformance-family'), 'good', {
      networkMode: 'bridge',
      requiresCompatibilities: ['EC2'],
    });
    await expect(newService(cluster, bridged, { desiredCount: 0, launchType: 'EC2' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Network Configuration is not valid for the given networkMode of this task definition.',
    });
  });

  it('of the same name there is one', async () => {
    const [cluster, definition] = [await newCluster(), await register(uniqueName('conformance-family'))];
    const { serviceName } = await newService(cluster, definition, { desiredCount: 0 });
    await expect(newService(cluster, definition, { serviceName, desiredCount: 1 })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Creation of service was not idempotent.',
    });
  });

  it('is not updated to what is not there, or not active', async () => {
    const [cluster, family] = [await newCluster(), uniqueName('conformance-family')];
    const definition = await register(family);
    const { serviceName: service = '' } = await newService(cluster, definition, { desiredCount: 0 });
    const update = (more: object) => ecs.send(new UpdateServiceCommand({ cluster, service, ...more }));
    const other = await register(family);
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: other }));
    for (const taskDefinition of [other, `${family}:9`, uniqueName('conformance-nobody')])
      await expect(update({ taskDefinition }), taskDefinition).rejects.toMatchObject({ name: 'ClientException' });
    await expect(update({ service: uniqueName('conformance-nobody') })).rejects.toMatchObject({
      name: 'ServiceNotFoundException',
      message: 'Service not found.',
    });
    await expect(update({ cluster: uniqueName('conformance-nobody') })).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
    });
  });

  it('that has tasks is deleted by force, drains, and is not active any more', async () => {
    const [cluster, definition] = [await newCluster(), await register(uniqueName('conformance-family'))];
    const { serviceName: service = '' } = await newService(cluster, definition);
    await eventually(async () => expect((await find(cluster, service)).runningCount).toBe(1), 10_000);
    await expect(ecs.send(new DeleteServiceCommand({ cluster, service }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The service cannot be stopped while it is scaled above 0.',
    });
    // Deleted, it is DRAINING while its tasks stop, and then INACTIVE.
    const { service: deleted } = await ecs.send(new DeleteServiceCommand({ cluster, service, force: true }));
    expect(deleted).toMatchObject({ status: 'DRAINING', desiredCount: 0 });
    await expect(ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: 1 }))).rejects.toMatchObject({
      name: 'ServiceNotActiveException',
      message: 'Service was not ACTIVE.',
    });
    await eventually(async () => expect((await find(cluster, service)).status).toBe('INACTIVE'), 10_000);
    expect((await ecs.send(new ListServicesCommand({ cluster }))).serviceArns).toEqual([]);
  });

  it('is listed with the others of its cluster, page by page, ten unless told otherwise', async () => {
    const [cluster, definition] = [await newCluster(), await register(uniqueName('conformance-family'))];
    const arns: (string | undefined)[] = [];
    for (let count = 0; count < 11; count += 1)
      arns.push((await newService(cluster, definition, { desiredCount: 0 })).serviceArn);
    const pages: (readonly string[])[] = [];
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const page = await ecs.send(new ListServicesCommand({ cluster, ...(token && { nextToken: token }) }));
      pages.push(page.serviceArns ?? []);
      token = page.nextToken;
    }
    expect(pages.map(({ length }) => length)).toEqual([10, 1]);
    expect(pages.flat().sort()).toEqual(arns.sort());
    await expect(ecs.send(new ListServicesCommand({ cluster, maxResults: 101 }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const eleven = new DescribeServicesCommand({ cluster, services: pages.flat() });
    await expect(ecs.send(eleven)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('that is not there is a failure of DescribeServices', async () => {
    const cluster = await newCluster();
    const missing = uniqueName('conformance-missing');
    const { services, failures } = await ecs.send(new DescribeServicesCommand({ cluster, services: [missing] }));
    expect(services).toEqual([]);
    expect(failures).toMatchObject([
      { arn: expect.stringMatching(new RegExp(`:service/(${cluster}/)?${missing}$`)), reason: 'MISSING' },
    ]);
    await expect(ecs.send(new DescribeServicesCommand({ cluster, services: [] }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html, API_ListTasks.html, API_StopTask.html
describe.skipIf(left)('tasks (skipped where CONFORMANCE_SKIP names ecs)', () => {
  it('are listed, described, and replaced when they are stopped', async () => {
    const [cluster, definition] = [await newCluster(), await register(uniqueName('conformance-family'))];
    const { serviceName = '' } = await newService(cluster, definition, { desiredCount: 3 });
    const list = async (more: object = {}) =>
      (await ecs.send(new ListTasksCommand({ cluster, serviceName, ...more }))).taskArns ?? [];
    await eventually(async () => expect((await find(cluster, serviceName)).runningCount).toBe(3), 10_000);
    const tasks = await list();
    expect(tasks).toHaveLength(3);
    const first = await ecs.send(new ListTasksCommand({ cluster, maxResults: 2 }));
    const second = await ecs.send(new ListTasksCommand({ cluster, maxResults: 2, nextToken: first.nextToken }));
    expect([...(first.taskArns ?? []), ...(second.taskArns ?? [])].sort()).toEqual([...tasks].sort());
    const [task = ''] = tasks;
    const { tasks: [described] = [] } = await ecs.send(
      new DescribeTasksCommand({ cluster, tasks: [task.split('/').at(-1) ?? ''] }),
    );
    expect(described).toMatchObject({
      taskArn: task,
      taskDefinitionArn: definition,
      group: `service:${serviceName}`,
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      launchType: 'FARGATE',
      startedBy: expect.stringMatching(/^ecs-svc\/[0-9]+$/),
      containers: [{ name: 'app', lastStatus: 'RUNNING', imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }],
    });
    await ecs.send(new StopTaskCommand({ cluster, task, reason: 'a test says so' }));
    await eventually(async () => {
      const { tasks: [stopped] = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
      expect(stopped).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'a test says so' });
    }, 10_000);
    expect(await list({ desiredStatus: 'STOPPED' })).toContain(task);
    await eventually(async () => {
      const now = await list();
      expect([now.length, now.includes(task)]).toEqual([3, false]);
    }, 10_000);
  });

  it('that are not there are failures of DescribeTasks, which takes 1 to 100', async () => {
    const cluster = await newCluster();
    const id = '0123456789abcdef0123456789abcdef';
    expect(await ecs.send(new DescribeTasksCommand({ cluster, tasks: [id] }))).toMatchObject({
      tasks: [],
      failures: [{ arn: expect.stringMatching(new RegExp(`:task/${cluster}/${id}$`)), reason: 'MISSING' }],
    });
    for (const tasks of [[], Array.from({ length: 101 }, (_, n) => `${id.slice(3)}${String(n).padStart(3, '0')}`)])
      await expect(ecs.send(new DescribeTasksCommand({ cluster, tasks }))).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
    await expect(ecs.send(new StopTaskCommand({ cluster, task: id }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The referenced task was not found.',
    });
  });
});
