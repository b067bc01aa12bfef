import {
  BatchGetDeploymentsCommand,
  CreateDeploymentCommand,
  DeploymentLimitExceededException,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, type ECSClient, type Service } from '@aws-sdk/client-ecs';
import { desk } from './desk.ts';

const { codedeploy, ecs } = desk.clients;

/** Application and deployment group of a service. */
export const groupOf = (service: string): string => `${service}-shifts`;

const ofGroup = (service: string) => ({ applicationName: groupOf(service), deploymentGroupName: groupOf(service) });

export const isByCodeDeploy = ({ deploymentController }: Service): boolean => deploymentController?.type === 'CODE_DEPLOY';

export const serviceAt = async (cluster: string, service: string, client: ECSClient = ecs): Promise<Service> => {
  const { services: [found] = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
  if (found === undefined) throw new Error(`there is no service ${service}`);
  return found;
};

/** The task definition that has production traffic. */
export const servedBy = ({ taskSets = [], taskDefinition = '' }: Service): string =>
  taskSets.find(({ status }) => status === 'PRIMARY')?.taskDefinition ?? taskDefinition;

/** What people have shifted to, and whether anything is still shifted, by CodeDeploy's own memory. */
export const shiftedTo = async (
  service: string,
): Promise<{ readonly definitions: readonly string[]; readonly over: boolean }> => {
  const { deployments: deploymentIds = [] } = await codedeploy.send(new ListDeploymentsCommand(ofGroup(service)));
  const { deploymentsInfo = [] } =
    deploymentIds.length === 0
      ? {}
      : await codedeploy.send(new BatchGetDeploymentsCommand({ deploymentIds: deploymentIds.slice(0, 25) }));
  const definitions = deploymentsInfo
    .filter(({ creator }) => creator === 'user')
    .flatMap(
      ({ revision }) => /arn:aws:ecs:[^"]*:task-definition\/[^"]*/.exec(revision?.appSpecContent?.content ?? '')?.[0] ?? [],
    );
  const over = deploymentsInfo.every(({ status }) => status === 'Succeeded' || status === 'Stopped' || status === 'Failed');
  return { definitions, over };
};

/** A person shifts to another task definition; not while something else is shifted. */
export const shiftByHand = async (service: string, found: Service, TaskDefinition: string): Promise<void> => {
  const [{ containerName: ContainerName, containerPort: ContainerPort } = {}] = found.loadBalancers ?? [];
  const Properties = { TaskDefinition, LoadBalancerInfo: { ContainerName, ContainerPort } };
  const content = JSON.stringify({ version: 0, Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties } }] });
  const revision = { revisionType: 'AppSpecContent', appSpecContent: { content } } as const;
  await codedeploy.send(new CreateDeploymentCommand({ ...ofGroup(service), revision })).catch((error: unknown) => {
    if (!(error instanceof DeploymentLimitExceededException)) throw error;
  });
};
