import type { RolloutTold, TaskStopped } from '../../deployment/input.ts';
import type { StoppedTask, TargetSettings } from '../../deployment/types.ts';

/** The members of an EventBridge envelope that are read here. */
interface EcsEvent {
  readonly 'detail-type': string;
  readonly region: string;
  readonly account: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Where {
  readonly account: string;
  readonly region: string;
}

const clusterName = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

/** The ARN by which ECS's events name the service of an `ecs-rolling` entry; `undefined` for other kinds. */
export const ecsServiceArn = (target: TargetSettings, { account, region }: Where): string | undefined => {
  const { kind, cluster, service } = target;
  if (kind !== 'ecs-rolling' || typeof cluster !== 'string' || typeof service !== 'string') return undefined;
  return `arn:aws:ecs:${region}:${account}:service/${clusterName(cluster)}/${service}`;
};

/**
 * The service that an ECS event tells of. A task of a service has `group: service:<name>`
 * (Amazon ECS Developer Guide, "Task state change events").
 */
export const serviceOfEvent = ({ 'detail-type': type, account, region, resources, detail }: EcsEvent): string | undefined => {
  if (type !== 'ECS Task State Change') return resources[0];
  const { group, clusterArn } = detail;
  if (typeof group !== 'string' || !group.startsWith('service:') || typeof clusterArn !== 'string') return undefined;
  return `arn:aws:ecs:${region}:${account}:service/${clusterName(clusterArn)}/${group.slice('service:'.length)}`;
};

const WHAT = {
  SERVICE_DEPLOYMENT_IN_PROGRESS: 'in-progress',
  SERVICE_DEPLOYMENT_COMPLETED: 'completed',
  SERVICE_DEPLOYMENT_FAILED: 'failed',
} as const;

/** What an ECS event says to the deployment that has the service; `undefined`: nothing that it waits for. */
export const ecsInput = (event: EcsEvent): RolloutTold | TaskStopped | undefined =>
  event['detail-type'] === 'ECS Task State Change' ? taskStopped(event) : rolloutTold(event);

const rolloutTold = ({ detail }: EcsEvent): RolloutTold | undefined => {
  const { eventName, deploymentId } = detail;
  const what = typeof eventName === 'string' && eventName in WHAT ? WHAT[eventName as keyof typeof WHAT] : undefined;
  return what === undefined || typeof deploymentId !== 'string'
    ? undefined
    : { kind: 'rollout-told', rollout: deploymentId, what };
};

const taskStopped = ({ detail }: EcsEvent): TaskStopped | undefined => {
  const { lastStatus, startedBy } = detail;
  if (lastStatus !== 'STOPPED' || typeof startedBy !== 'string') return undefined;
  return { kind: 'task-stopped', rollout: startedBy, stopped: stoppedTask(detail) };
};

const text = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** The container that ended badly says why; else the task does. */
export const stoppedTask = (task: Readonly<Record<string, unknown>>): StoppedTask => {
  const containers = Array.isArray(task['containers']) ? task['containers'] : [];
  const bad = containers.find((container) => typeof container?.exitCode === 'number' && container.exitCode !== 0);
  const code = text(task['stopCode'], 'unknown');
  const reason = [text(task['stoppedReason'], 'the task stopped'), text(bad?.reason, '')]
    .filter((part) => part !== '')
    .join(': ');
  return {
    task: text(task['taskArn'], ''),
    at: stoppedAt(task['stoppedAt']),
    code,
    reason: reason.slice(0, 1024),
    ...(bad === undefined ? {} : { exitCode: Number(bad.exitCode) }),
    evidence: code === 'EssentialContainerExited' || /health check/i.test(reason),
  };
};

/** Events tell times as ISO 8601 texts, the SDK as dates. */
const stoppedAt = (value: unknown): number => {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'string' ? Date.parse(value) : 0;
};
