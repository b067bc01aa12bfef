import { type Input, invalid } from './lookup.ts';
import type { TaskDefinition } from './model.ts';

interface Balancer {
  readonly containerName?: string;
  readonly containerPort?: number;
}

interface Network {
  readonly awsvpcConfiguration?: { readonly subnets?: readonly string[]; readonly securityGroups?: readonly string[] };
}

interface PortMapping {
  readonly containerPort?: number;
}

/** What a service says of its network has to fit its task definition (API reference, CreateService). */
export const checkNetwork = (definition: TaskDefinition, service: Input): void => {
  const isOwn = definition.body['networkMode'] === 'awsvpc';
  const isGiven = service['networkConfiguration'] !== undefined;
  if (isOwn && !isGiven) throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (!isOwn && isGiven) throw invalid('Network Configuration is not valid for the given networkMode of this task definition.');
  checkCounts(service);
  for (const balancer of (service['loadBalancers'] ?? []) as readonly Balancer[]) checkBalancer(definition, balancer);
};

/** Developer Guide, "Amazon ECS service quotas". */
const MOST_BALANCERS = 5;
const MOST_SUBNETS = 16;
const MOST_SECURITY_GROUPS = 5;

const checkCounts = (service: Input): void => {
  const { awsvpcConfiguration: { subnets = [], securityGroups = [] } = {} } = (service['networkConfiguration'] ?? {}) as Network;
  const balancers = (service['loadBalancers'] ?? []) as readonly Balancer[];
  if (balancers.length > MOST_BALANCERS) throw invalid(`load balancers can have at most ${MOST_BALANCERS} items.`);
  if (subnets.length > MOST_SUBNETS) throw invalid(`subnets can have at most ${MOST_SUBNETS} items.`);
  if (securityGroups.length > MOST_SECURITY_GROUPS)
    throw invalid(`securityGroup can have at most ${MOST_SECURITY_GROUPS} items.`);
};

const checkBalancer = ({ containers }: TaskDefinition, { containerName, containerPort }: Balancer): void => {
  const container = containers.find(({ name }) => name === containerName);
  if (container === undefined) throw invalid(`The container ${containerName} does not exist in the task definition.`);
  const mappings = (container.portMappings ?? []) as readonly PortMapping[];
  if (!mappings.some((mapping) => mapping.containerPort === containerPort))
    throw invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`);
};
