import { hexadecimal } from './identifiers.ts';
import type { Deployment, EcsStore, Hook, Service, Task } from './model.ts';

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

const EVENTS = {
  SERVICE_DEPLOYMENT_IN_PROGRESS: 'INFO',
  SERVICE_DEPLOYMENT_COMPLETED: 'INFO',
  SERVICE_DEPLOYMENT_FAILED: 'ERROR',
} as const;

/** "ECS Deployment State Change" (Amazon ECS Developer Guide, "Service deployment state change events"). */
export const tellDeployment = (
  store: EcsStore,
  service: Service,
  deployment: Deployment,
  eventName: keyof typeof EVENTS,
  reason: string,
): void => {
  if (service.controller === 'CODE_DEPLOY') return;
  store.events.publish({
    source: 'aws.ecs',
    detailType: 'ECS Deployment State Change',
    resources: [service.arn],
    detail: {
      eventType: EVENTS[eventName],
      eventName,
      clusterArn: service.cluster.arn,
      deploymentId: deployment.id,
      updatedAt: new Date(store.clock.now()).toISOString(),
      reason,
    },
  });
};

/** "ECS Hook State Change" (Developer Guide, "Amazon ECS hook state change events"). */
export const tellHook = (store: EcsStore, service: Service, { record }: Deployment, hook: Hook): void => {
  store.events.publish({
    source: 'aws.ecs',
    detailType: 'ECS Hook State Change',
    resources: [record.arn],
    detail: {
      eventType: hook.status === 'TIMED_OUT' || hook.status === 'FAILED' ? 'ERROR' : 'INFO',
      eventName: `HOOK_${hook.status}`,
      hookId: hook.id,
      hookType: hook.settings.function === undefined ? 'PAUSE' : 'AWS_LAMBDA',
      expiresAt: iso(hook.expiresAt),
      lifecycleStage: hook.stage,
      clusterArn: service.cluster.arn,
      serviceArn: service.arn,
      serviceDeploymentArn: record.arn,
      updatedAt: new Date(store.clock.now()).toISOString(),
    },
  });
};

/** "ECS Service Action", of which only the steady state is told here. */
export const tellSteady = (store: EcsStore, service: Service): void => {
  store.events.publish({
    source: 'aws.ecs',
    detailType: 'ECS Service Action',
    resources: [service.arn],
    detail: {
      eventType: 'INFO',
      eventName: 'SERVICE_STEADY_STATE',
      clusterArn: service.cluster.arn,
      createdAt: new Date(store.clock.now()).toISOString(),
    },
  });
};

/** "ECS Task State Change": at each change of the task's last status. */
export const tellTask = (store: EcsStore, task: Task): void => {
  task.version += 1;
  const { createdAt, startedAt, stoppedAt, stopCode, stoppedReason } = task;
  store.events.publish({
    source: 'aws.ecs',
    detailType: 'ECS Task State Change',
    resources: [task.arn],
    detail: {
      clusterArn: task.cluster.arn,
      taskArn: task.arn,
      taskDefinitionArn: task.deployment.definition.arn,
      group: `service:${task.service.name}`,
      startedBy: task.deployment.id,
      launchType: 'FARGATE',
      lastStatus: task.lastStatus,
      desiredStatus: task.desiredStatus,
      version: task.version,
      connectivity: 'CONNECTED',
      cpu: task.deployment.definition.body['cpu'] ?? '0',
      memory: task.deployment.definition.body['memory'] ?? '0',
      createdAt: iso(createdAt),
      updatedAt: new Date(store.clock.now()).toISOString(),
      ...(startedAt === undefined ? {} : { startedAt: iso(startedAt) }),
      ...(stoppedAt === undefined ? {} : { stoppedAt: iso(stoppedAt) }),
      ...(stopCode === undefined ? {} : { stopCode }),
      ...(stoppedReason === undefined ? {} : { stoppedReason }),
      containers: containersOf(task),
    },
  });
};

/** The containers of a task, as its event and DescribeTasks tell them. */
export const containersOf = (task: Task) =>
  task.deployment.definition.containers.map(({ name, image }) => ({
    containerArn: `${task.arn.replace(':task/', ':container/')}/${name}`,
    taskArn: task.arn,
    name,
    image,
    lastStatus: task.lastStatus,
    networkInterfaces: [],
    ...(task.digests.has(name) ? { imageDigest: task.digests.get(name) } : {}),
    ...(task.lastStatus === 'STOPPED' && task.exitCode !== undefined ? { exitCode: task.exitCode } : {}),
    ...(task.containerReason === undefined ? {} : { reason: task.containerReason }),
  }));

export const say = (store: EcsStore, service: Service, message: string): void => {
  service.messages.unshift({
    id: hexadecimal(store, 32),
    createdAt: store.clock.now() / 1000,
    message: `(service ${service.name}) ${message}`,
  });
  service.messages.splice(100);
};
