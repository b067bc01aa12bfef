import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { type Endpoint, eventually, uniqueName } from './endpoint.ts';

/** Where the images of `local/images.json` are; another endpoint has them elsewhere. */
const REPOSITORY = process.env['CONFORMANCE_REPOSITORY'] ?? '123456789012.dkr.ecr.eu-west-1.amazonaws.com/preprod';

export const imageOf = (tag: string): string => `${REPOSITORY}:${tag}`;

export const NETWORK = { awsvpcConfiguration: { subnets: [process.env['CONFORMANCE_SUBNET'] ?? 'subnet-0a1b2c3d4e5f60718'] } };

/** An endpoint's ECS. What is made here is deleted by `close`: services first, then clusters and task definitions. */
export const openEcs = (endpoint: Endpoint) => {
  const ecs = new ECSClient(endpoint.config);
  const services: { readonly cluster: string; readonly service: string }[] = [];
  const clusters: string[] = [];
  const definitions: string[] = [];

  const newCluster = async (): Promise<string> => {
    const clusterName = uniqueName('conformance-cluster');
    await ecs.send(new CreateClusterCommand({ clusterName }));
    clusters.push(clusterName);
    return clusterName;
  };

  /** The new revision's ARN. */
  const register = async (family: string, tag = 'good', more: Partial<RegisterTaskDefinitionCommandInput> = {}) => {
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'app', image: imageOf(tag), portMappings: [{ containerPort: 8080 }] }],
        ...more,
      }),
    );
    const arn = taskDefinition?.taskDefinitionArn ?? '';
    definitions.push(arn);
    return arn;
  };

  const newService = async (cluster: string, taskDefinition: string, more: Partial<CreateServiceCommandInput> = {}) => {
    const serviceName = uniqueName('conformance-service');
    const { service } = await ecs.send(
      new CreateServiceCommand({
        cluster,
        serviceName,
        taskDefinition,
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
        ...more,
      }),
    );
    services.push({ cluster, service: serviceName });
    return service ?? {};
  };

  const find = async (cluster: string, service: string) => {
    const { services: [found] = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
    if (found === undefined) throw new Error(`there is no service ${service}`);
    return found;
  };

  const isEmpty = async (cluster: string): Promise<void> => {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster }));
    if (taskArns.length > 0) throw new Error(`${cluster} still has tasks`);
    await ecs.send(new DeleteClusterCommand({ cluster }));
  };

  const close = async (): Promise<void> => {
    for (const { cluster, service } of services)
      if ((await find(cluster, service)).status === 'ACTIVE')
        await ecs.send(new DeleteServiceCommand({ cluster, service, force: true }));
    for (const cluster of clusters) await eventually(() => isEmpty(cluster), 30_000);
    for (const taskDefinition of definitions) await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    ecs.destroy();
    await endpoint.close();
  };

  return { ecs, newCluster, register, newService, find, close };
};
