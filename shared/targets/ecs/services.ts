import type { Deployment as EcsDeployment, Service } from '@aws-sdk/client-ecs';
import type { Failure, Revision, Rollout } from '../../deployment/observations.ts';
import { type EcsConfig, placeOf } from './config.ts';
import { refusal } from './refusals.ts';

/** The deployment that ECS is bringing, or has brought. A service with ECS's own controller always has one. */
export const primaryOf = (service: Service): EcsDeployment => {
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  if (primary === undefined) throw new Error(`ECS tells of no primary deployment of ${service.serviceArn}`);
  return primary;
};

/**
 * Behind a Classic Load Balancer ECS tells no rollout state (API reference, Deployment); there a rollout is over when its
 * deployment is the only one and has all its tasks, as the SDK's own waiter has it.
 */
export const rolloutState = (service: Service): 'COMPLETED' | 'FAILED' | 'IN_PROGRESS' => {
  const { rolloutState: state, runningCount } = primaryOf(service);
  if (state !== undefined) return state;
  return service.deployments?.length === 1 && runningCount === service.desiredCount ? 'COMPLETED' : 'IN_PROGRESS';
};

/** Completed, and nothing else runs: an old deployment may linger after the new one counts as completed. */
export const isSettled = (service: Service): boolean => {
  const { taskDefinition } = primaryOf(service);
  const alone = service.deployments?.every((deployment) => deployment.taskDefinition === taskDefinition) === true;
  return alone && rolloutState(service) === 'COMPLETED';
};

/** DescribeServices tells the newest 100 messages (API reference, Service). */
const MOST_MESSAGES = 100;

/**
 * When the rollout was over, if tasks were started since then: something has ended, or the service was scaled. `undefined`: none was, as
 * far as ECS's messages tell ("(service api) has started 1 tasks: (task …).", "(service api) (deployment ecs-svc/…) deployment
 * completed.": Developer Guide, "Viewing Amazon ECS service event messages"). They cost no call of their own, unlike the stopped tasks.
 */
export const startedAfter = ({ events = [] }: Service, { id }: Rollout): number | undefined => {
  const newest = events.toSorted((one, other) => (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0));
  const end = newest.findIndex(({ message = '' }) => message.includes(`(deployment ${id}) deployment completed`));
  if (end === -1 && newest.length < MOST_MESSAGES) return undefined;
  const later = end === -1 ? newest : newest.slice(0, end);
  const started = later.some(({ message = '' }) => / has started \d+ tasks: /.test(message));
  return started ? (newest.at(end)?.createdAt?.getTime() ?? 0) : undefined;
};

/** Whether tasks were started since then, as ECS's messages tell: something has ended, or the service was scaled. They cost no call. */
export const startedSince = ({ events = [] }: Service, since: number): boolean =>
  events.some(({ message = '', createdAt }) => (createdAt?.getTime() ?? 0) >= since && / has started \d+ tasks: /.test(message));

/** An empty id: a rollout that nobody saw begin (what a rollback leaves); its revision tells it. */
export const isRollout = ({ id, taskDefinition }: EcsDeployment, rollout: Rollout): boolean =>
  rollout.id === '' ? taskDefinition === rollout.revision.id : id === rollout.id;

export const rolloutOf = ({ id, createdAt }: EcsDeployment, revision: Revision, now: () => number): Rollout => {
  if (id === undefined) throw new Error(`ECS tells of a deployment of ${revision.id} without its id`);
  return { revision, id, startedAt: createdAt?.getTime() ?? now() };
};

/** Why this target cannot deploy to the service; `undefined`: it can. */
export const notRolling = (
  config: EcsConfig,
  { deploymentController, deploymentConfiguration }: Service,
): Failure | undefined => {
  const controller = deploymentController?.type ?? 'ECS';
  const strategy = deploymentConfiguration?.strategy ?? 'ROLLING';
  if (controller === 'ECS' && strategy === 'ROLLING') return undefined;
  const has = controller === 'ECS' ? `the deployment strategy ${strategy}` : `the deployment controller ${controller}`;
  const message = `cannot deploy to ${placeOf(config)}: it has ${has}, and "ecs-rolling" needs the controller ECS with the strategy ROLLING; change the service, or use the target made for it`;
  return refusal('service-not-ecs-rolling', message);
};
