import { createHash } from 'node:crypto';
import {
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentInfo,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import type { Service } from '@aws-sdk/client-ecs';
import type { Revision } from '../../deployment/observations.ts';
import { asking } from '../asking.ts';
import { placeOf } from '../ecs/config.ts';
import type { TargetPorts } from '../module.ts';
import { type Config, groupOf, HOOKS } from './config.ts';
import { refusalOf } from './refusals.ts';

/** A deployment of CodeDeploy, as far as it is read here. */
export interface Shifting {
  readonly id: string;
  readonly status: string;
  readonly taskDefinition: string;
  readonly createdAt?: number;
  readonly completedAt?: number;
  readonly error: string;
  /** CodeDeploy's word for it: `ALARM_ACTIVE`. */
  readonly errorCode?: string;
  /** All traffic is moved, and the old task set waits for its end. */
  readonly terminating: boolean;
  readonly undoneBy?: string;
  readonly undoes?: string;
  readonly description: string;
}

/** By which a deployment tells for which of ours it was made (256 characters at most). */
const descriptionFor = (deployment: string): string => `switchyard ${deployment}`;

/** The task definition in an AppSpec that we, or somebody else, wrote as JSON or YAML. */
const taskDefinitionIn = ({ revision }: DeploymentInfo): string => {
  const content = revision?.appSpecContent?.content ?? revision?.string?.content ?? '';
  return /arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:task-definition\/[A-Za-z0-9_-]+:[0-9]+/.exec(content)?.[0] ?? '';
};

const read = (info: DeploymentInfo): Shifting => {
  const { deploymentId = '', status = '', createTime, completeTime, errorInformation, rollbackInfo, description = '' } = info;
  const { rollbackDeploymentId, rollbackTriggeringDeploymentId } = rollbackInfo ?? {};
  return {
    id: deploymentId,
    status,
    taskDefinition: taskDefinitionIn(info),
    ...(createTime === undefined ? {} : { createdAt: createTime.getTime() }),
    ...(completeTime === undefined ? {} : { completedAt: completeTime.getTime() }),
    error: errorInformation?.message ?? 'it gives no reason',
    ...(errorInformation?.code === undefined ? {} : { errorCode: errorInformation.code }),
    terminating: info.instanceTerminationWaitTimeStarted === true,
    ...(rollbackDeploymentId === undefined ? {} : { undoneBy: rollbackDeploymentId }),
    ...(rollbackTriggeringDeploymentId === undefined ? {} : { undoes: rollbackTriggeringDeploymentId }),
    description,
  };
};

/** Not over yet (API reference, ListDeployments). */
const ACTIVE = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] as const;
/** BatchGetDeployments takes 25. */
const MOST = 25;

/** What is asked of CodeDeploy. A "no" is thrown as `RefusedError`; what may be different next time as it comes. */
export const codeDeployCalls = ({ client, signal }: TargetPorts) => {
  const codedeploy = client(CodeDeployClient);
  const ask = asking(signal, refusalOf);

  /** The newest first. One call, and one more where there are any. */
  const recent = async (config: Config, statuses?: typeof ACTIVE): Promise<readonly Shifting[]> => {
    const { application: applicationName, deploymentGroup: deploymentGroupName } = config;
    const doing = `look at the deployments of ${groupOf(config)}`;
    const list = new ListDeploymentsCommand({
      applicationName,
      deploymentGroupName,
      ...(statuses === undefined ? {} : { includeOnlyStatuses: [...statuses] }),
    });
    const { deployments = [] } = await ask(doing, (options) => codedeploy.send(list, options));
    if (deployments.length === 0) return [];
    const get = new BatchGetDeploymentsCommand({ deploymentIds: deployments.slice(0, MOST) });
    const { deploymentsInfo = [] } = await ask(doing, (options) => codedeploy.send(get, options));
    return deploymentsInfo.map(read).sort((one, other) => (other.createdAt ?? 0) - (one.createdAt ?? 0));
  };

  /** One at a time in a group. */
  const active = async (config: Config): Promise<Shifting | undefined> => (await recent(config, ACTIVE))[0];

  /** CreateDeployment has no token: ours are known by their description, the failed ones too. */
  const begunFor = async (config: Config, deployment: string): Promise<Shifting | undefined> =>
    (await recent(config)).find(({ description }) => description === descriptionFor(deployment));

  const deployment = async (config: Config, deploymentId: string): Promise<Shifting> => {
    const doing = `look at deployment ${deploymentId} of ${groupOf(config)}`;
    const command = new GetDeploymentCommand({ deploymentId });
    const { deploymentInfo } = await ask(doing, (options) => codedeploy.send(command, options));
    if (deploymentInfo === undefined) throw new Error(`CodeDeploy answered without deployment ${deploymentId}`);
    return read(deploymentInfo);
  };

  /** Seconds that the group keeps the task set that had traffic before; CodeDeploy counts as at work until then. */
  const keepsSeconds = async (config: Config): Promise<number> => {
    const { application: applicationName, deploymentGroup: deploymentGroupName } = config;
    const command = new GetDeploymentGroupCommand({ applicationName, deploymentGroupName });
    const { deploymentGroupInfo } = await ask(`look at ${groupOf(config)}`, (options) => codedeploy.send(command, options));
    const kept = deploymentGroupInfo?.blueGreenDeploymentConfiguration?.terminateBlueInstancesOnDeploymentSuccess;
    return (kept?.terminationWaitTimeInMinutes ?? 0) * 60;
  };

  /** Begins to shift traffic to a revision. Answers the deployment's id. */
  const shift = async (
    config: Config,
    { loadBalancers: [balancer] = [] }: Service,
    { id: TaskDefinition }: Revision,
    ours: string,
    { configuration, hooks = {} }: Pick<Config, 'configuration' | 'hooks'>,
  ): Promise<string> => {
    const { containerName: ContainerName, containerPort: ContainerPort } = balancer ?? {};
    const Properties = { TaskDefinition, LoadBalancerInfo: { ContainerName, ContainerPort } };
    const Hooks = HOOKS.flatMap((event) => (hooks[event] === undefined ? [] : [{ [event]: hooks[event] }]));
    const content = JSON.stringify({
      version: 0,
      Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties } }],
      ...(Hooks.length === 0 ? {} : { Hooks }),
    });
    const sha256 = createHash('sha256').update(content).digest('hex');
    const command = new CreateDeploymentCommand({
      applicationName: config.application,
      deploymentGroupName: config.deploymentGroup,
      ...(configuration === undefined ? {} : { deploymentConfigName: configuration }),
      description: descriptionFor(ours),
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content, sha256 } },
    });
    const doing = `roll out ${TaskDefinition} to ${placeOf(config)} by ${groupOf(config)}`;
    const { deploymentId } = await ask(doing, (options) => codedeploy.send(command, options));
    if (deploymentId === undefined)
      throw new Error(`CodeDeploy answered without the deployment that it began: ${groupOf(config)}`);
    return deploymentId;
  };

  /** It goes back by itself. One that has ended meanwhile is seen at the next look. */
  const stop = async (config: Config, deploymentId: string): Promise<void> => {
    const command = new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true });
    await ask(`stop deployment ${deploymentId} of ${groupOf(config)}`, (options) => codedeploy.send(command, options)).catch(
      (error: unknown) => {
        if (!(error instanceof Error && error.name === 'DeploymentAlreadyCompletedException')) throw error;
      },
    );
  };

  return { active, begunFor, deployment, keepsSeconds, shift, stop };
};
