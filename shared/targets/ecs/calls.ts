import {
  ContinueServiceDeploymentCommand,
  type DeploymentConfiguration,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type ServiceDeployment,
  StopServiceDeploymentCommand,
  type Task,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { Revision } from '../../deployment/observations.ts';
import { asking } from '../asking.ts';
import type { TargetPorts } from '../module.ts';
import { RefusedError } from '../refused.ts';
import { type EcsConfig, placeOf } from './config.ts';
import { refusal, refusalOf, serviceInactive, serviceMissing } from './refusals.ts';
import type { Described } from './task-definitions.ts';
import { newestFirst, type Traced, waitingPause } from './traces.ts';

/** What is asked of ECS. A "no" is thrown as `RefusedError`; what may be different next time as it comes. */
export type EcsCalls = ReturnType<typeof ecsCalls>;

/** ListServiceDeployments gives up to 100, DescribeServiceDeployments and -Revisions take up to 20 (API reference). */
const MOST_LISTED = 100;
const MOST_DESCRIBED = 20;

export const ecsCalls = ({ client, signal }: TargetPorts) => {
  const ecs = client(ECSClient);
  const ask = asking(signal, refusalOf);

  /** The service, which is active. One call. */
  const service = async (config: EcsConfig): Promise<Service> => {
    const doing = `look at ${placeOf(config)}`;
    const command = new DescribeServicesCommand({ cluster: config.cluster, services: [config.service] });
    const { services: [found] = [] } = await ask(doing, (options) => ecs.send(command, options));
    if (found === undefined) throw new RefusedError(serviceMissing(doing));
    if (found.status !== 'ACTIVE') throw new RefusedError(serviceInactive(doing, found.status ?? 'without a status'));
    return found;
  };

  /** By ARN, or the newest active one of a family. One call. */
  const definition = async (arnOrFamily: string): Promise<Described> => {
    const doing = `read task definition ${arnOrFamily}`;
    const command = new DescribeTaskDefinitionCommand({ taskDefinition: arnOrFamily, include: ['TAGS'] });
    const { taskDefinition, tags = [] } = await ask(doing, (options) => ecs.send(command, options));
    if (taskDefinition === undefined)
      throw new RefusedError(refusal('task-definition-missing', `cannot ${doing}: there is none`));
    return { definition: taskDefinition, tags };
  };

  /** Harmless if it is done twice: a revision that nothing runs. One call. */
  const register = async (input: RegisterTaskDefinitionCommandInput): Promise<Described> => {
    const doing = `register a new revision of task definition "${input.family}"`;
    const command = new RegisterTaskDefinitionCommand(input);
    const { taskDefinition, tags = [] } = await ask(doing, (options) => ecs.send(command, options));
    if (taskDefinition === undefined)
      throw new Error(`ECS answered without the revision of "${input.family}" that it registered`);
    return { definition: taskDefinition, tags };
  };

  /** Begins a rollout. Never the desired count: that belongs to whoever scales the service. One call. */
  const update = async (
    config: EcsConfig,
    { id }: Revision,
    deploymentConfiguration?: DeploymentConfiguration,
  ): Promise<Service> => {
    const { cluster, service: name } = config;
    const how = deploymentConfiguration === undefined ? {} : { deploymentConfiguration };
    const command = new UpdateServiceCommand({ cluster, service: name, taskDefinition: id, ...how });
    const answer = await ask(`roll out ${id} to ${placeOf(config)}`, (options) => ecs.send(command, options));
    if (answer.service === undefined) throw new Error(`ECS answered without the service that it updated: ${placeOf(config)}`);
    return answer.service;
  };

  /** The task definitions of service revisions, by the revisions' ARNs. */
  const definitionsOf = async (revisions: readonly string[], doing: string): Promise<ReadonlyMap<string, string>> => {
    if (revisions.length === 0) return new Map();
    const command = new DescribeServiceRevisionsCommand({ serviceRevisionArns: [...revisions] });
    const { serviceRevisions = [] } = await ask(doing, (options) => ecs.send(command, options));
    return new Map(serviceRevisions.map((found) => [found.serviceRevisionArn ?? '', found.taskDefinition ?? '']));
  };

  /** The newest service deployments, the newest first. Three calls. */
  const recent = async (config: EcsConfig, most = MOST_DESCRIBED): Promise<readonly Traced[]> => {
    const doing = `look at the deployments of ${placeOf(config)}`;
    const list = new ListServiceDeploymentsCommand({
      cluster: config.cluster,
      service: config.service,
      maxResults: MOST_LISTED,
    });
    const { serviceDeployments: listed = [] } = await ask(doing, (options) => ecs.send(list, options));
    const newest = [...listed].sort((one, other) => (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0));
    const arns = newest.slice(0, most).flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? []);
    if (arns.length === 0) return [];
    const describe = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: arns });
    const { serviceDeployments = [] } = await ask(doing, (options) => ecs.send(describe, options));
    const targets = [...new Set(serviceDeployments.flatMap(({ targetServiceRevision }) => targetServiceRevision?.arn ?? []))];
    const definitions = await definitionsOf(targets, doing);
    return newestFirst(
      serviceDeployments.map((deployment) => ({
        deployment,
        taskDefinition: definitions.get(deployment.targetServiceRevision?.arn ?? '') ?? '',
      })),
    );
  };

  /** The service's tasks that stopped within the last hour, as far as ECS remembers them. Two calls. */
  const stoppedTasks = async (config: EcsConfig): Promise<readonly Task[]> => {
    const doing = `read why tasks of ${placeOf(config)} stopped`;
    const { cluster, service: serviceName } = config;
    const list = new ListTasksCommand({ cluster, serviceName, desiredStatus: 'STOPPED' });
    const { taskArns = [] } = await ask(doing, (options) => ecs.send(list, options));
    if (taskArns.length === 0) return [];
    const describe = new DescribeTasksCommand({ cluster, tasks: taskArns });
    return (await ask(doing, (options) => ecs.send(describe, options))).tasks ?? [];
  };

  /** The task definition of a service revision. One call. */
  const definitionOf = async (config: EcsConfig, revision: string): Promise<string> =>
    (await definitionsOf([revision], `look at the deployments of ${placeOf(config)}`)).get(revision) ?? '';

  /** Lets ECS go back; a pause is answered, anything else is stopped. One call. */
  const stop = async (config: EcsConfig, deployment: ServiceDeployment): Promise<void> => {
    const { serviceDeploymentArn } = deployment;
    const hookId = waitingPause(deployment);
    const doing = `let ECS go back with ${placeOf(config)}`;
    if (hookId === undefined) {
      const command = new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' });
      await ask(doing, (options) => ecs.send(command, options));
    } else {
      const command = new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action: 'ROLLBACK' });
      await ask(doing, (options) => ecs.send(command, options));
    }
  };

  /** Answers a pause. One call. */
  const proceed = async (config: EcsConfig, serviceDeploymentArn: string, hookId: string): Promise<void> => {
    const command = new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action: 'CONTINUE' });
    await ask(`let the deployment of ${placeOf(config)} go on`, (options) => ecs.send(command, options));
  };

  return { service, definition, register, update, recent, definitionOf, stop, proceed, stoppedTasks };
};
