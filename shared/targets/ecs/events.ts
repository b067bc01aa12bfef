import type { RolloutTold, TaskStopped } from '../../deployment/input.ts';
import type { StoppedTask } from '../../deployment/observations.ts';
import type { TargetSettings } from '../../deployment/settings.ts';
import type { TargetEvent, TargetEvents } from '../module.ts';
import type { Where } from '../target.ts';
import { clusterName } from './config.ts';

/** The ARN by which ECS's events name the service. */
export const serviceArns = ({ cluster, service }: TargetSettings, { account, region }: Where): readonly string[] =>
  typeof cluster === 'string' && typeof service === 'string'
    ? [`arn:aws:ecs:${region}:${account}:service/${clusterName(cluster)}/${service}`]
    : [];

const WHAT = {
  SERVICE_DEPLOYMENT_IN_PROGRESS: 'in-progress',
  SERVICE_DEPLOYMENT_COMPLETED: 'completed',
  SERVICE_DEPLOYMENT_FAILED: 'failed',
} as const;

/** A pause that waits is looked at; so is one that nobody has answered in time. */
const hookTold = ({ detail }: TargetEvent): RolloutTold | undefined => {
  const { eventName, serviceDeploymentArn } = detail;
  if (typeof serviceDeploymentArn !== 'string') return undefined;
  if (eventName === 'HOOK_AWAITING_ACTION') return { kind: 'rollout-told', rollout: serviceDeploymentArn, what: 'waiting' };
  return eventName === 'HOOK_TIMED_OUT' || eventName === 'HOOK_FAILED'
    ? { kind: 'rollout-told', rollout: serviceDeploymentArn, what: 'failed' }
    : undefined;
};

const rolloutTold = ({ detail }: TargetEvent): RolloutTold | undefined => {
  const { eventName, deploymentId } = detail;
  const what = typeof eventName === 'string' && eventName in WHAT ? WHAT[eventName as keyof typeof WHAT] : undefined;
  return what === undefined || typeof deploymentId !== 'string'
    ? undefined
    : { kind: 'rollout-told', rollout: deploymentId, what };
};

const taskStopped = ({ detail }: TargetEvent): TaskStopped | undefined => {
  const { lastStatus, startedBy, taskDefinitionArn } = detail;
  if (lastStatus !== 'STOPPED' || typeof startedBy !== 'string') return undefined;
  return { kind: 'task-stopped', rollout: startedBy, revision: text(taskDefinitionArn, ''), stopped: stoppedTask(detail) };
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

/** A task of a service has `group: service:<name>` (Amazon ECS Developer Guide, "Task state change events"). */
const serviceOfTask = ({ account, region, detail }: TargetEvent): string | undefined => {
  const { group, clusterArn } = detail;
  if (typeof group !== 'string' || !group.startsWith('service:') || typeof clusterArn !== 'string') return undefined;
  return `arn:aws:ecs:${region}:${account}:service/${clusterName(clusterArn)}/${group.slice('service:'.length)}`;
};

/** Of every strategy (Amazon ECS Developer Guide, "Amazon ECS events"). */
export const ecsEvents: Readonly<Record<string, TargetEvents>> = {
  'ECS Deployment State Change': { source: 'aws.ecs', subject: ({ resources }) => resources[0], input: rolloutTold },
  'ECS Task State Change': {
    source: 'aws.ecs',
    pattern: { lastStatus: ['STOPPED'] },
    subject: serviceOfTask,
    input: taskStopped,
  },
};

/** Where ECS waits for us. */
export const hookEvents: Readonly<Record<string, TargetEvents>> = {
  'ECS Hook State Change': {
    source: 'aws.ecs',
    pattern: { hookType: ['PAUSE'] },
    subject: ({ detail }) => (typeof detail['serviceArn'] === 'string' ? detail['serviceArn'] : undefined),
    input: hookTold,
  },
};
