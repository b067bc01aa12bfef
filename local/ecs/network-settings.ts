import { type Input, invalid } from './lookup.ts';
import type { TaskDefinition } from './model.ts';

interface Balancer {
  readonly containerName?: string;
  readonly containerPort?: number;
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
  for (const balancer of (service['loadBalancers'] ?? []) as readonly Balancer[]) checkBalancer(definition, balancer);
};

const checkBalancer = ({ containers }: TaskDefinition, { containerName, containerPort }: Balancer): void => {
  const container = containers.find(({ name }) => name === containerName);
  if (container === undefined) throw invalid(`The container ${containerName} does not exist in the task definition.`);
  const mappings = (container.portMappings ?? []) as readonly PortMapping[];
  if (!mappings.some((mapping) => mapping.containerPort === containerPort))
    throw invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`);
};
