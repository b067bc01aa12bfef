import { containersOf } from './events.ts';
import type { EcsStore, Hook, Service, ServiceDeployment, ServiceRevision, Task, TaskDefinition } from './model.ts';
import { stageOf } from './shift.ts';

/** How ECS answers; times are seconds since the epoch. */

export const clusterAnswer = (store: EcsStore, { name, arn }: { name: string; arn: string }) => {
  const services = [...store.services.values()].filter((service) => service.cluster.name === name && service.status === 'ACTIVE');
  const tasks = [...store.tasks.values()].filter((task) => task.cluster.name === name);
  return {
    clusterArn: arn,
    clusterName: name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'PENDING' || lastStatus === 'PROVISIONING').length,
    activeServicesCount: services.length,
    statistics: [],
    tags: [],
    settings: [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  };
};

export const definitionAnswer = ({ arn, revision, status, body, registeredAt, deregisteredAt }: TaskDefinition) => ({
  ...body,
  taskDefinitionArn: arn,
  revision,
  status,
  registeredAt,
  registeredBy: `arn:aws:iam::${arn.split(':')[4]}:user/local`,
  ...(deregisteredAt === undefined ? {} : { deregisteredAt }),
});

const countOf = (store: EcsStore, service: Service, statuses: readonly string[], id?: string) =>
  [...store.tasks.values()].filter(
    (task) => task.service === service && (id === undefined || task.deployment.id === id) && statuses.includes(task.lastStatus),
  ).length;

/** What share of each traffic a revision has, where traffic is shifted at all. */
const weightsOf = ({ deployments: [newest, old] }: Service, revision: ServiceRevision) => {
  const { shift } = newest ?? {};
  if (shift === undefined) return {};
  if (newest?.revision !== revision && old?.revision !== revision) return {};
  const isNew = newest?.revision === revision;
  const share = (weight: number) => (isNew ? weight : 100 - weight);
  return old === undefined
    ? { requestedProductionTrafficWeight: 100 }
    : { requestedTestTrafficWeight: share(shift.test ? 100 : 0), requestedProductionTrafficWeight: share(shift.weight) };
};

const PENDING = ['PROVISIONING', 'PENDING'];

export const serviceAnswer = (store: EcsStore, service: Service, withTags = false) => {
  const { body, deployments, desiredCount, records } = service;
  const current = records[0];
  return {
    ...body,
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    status: service.status,
    desiredCount,
    runningCount: countOf(store, service, ['RUNNING']),
    pendingCount: countOf(store, service, PENDING),
    taskDefinition: service.definition.arn,
    createdAt: service.createdAt,
    deploymentController: { type: service.controller },
    ...(service.controller === 'CODE_DEPLOY' ? { taskSets: taskSetsOf(store, service) } : {}),
    deployments: (service.controller === 'CODE_DEPLOY' ? [] : deployments).map((deployment, index) => ({
      id: deployment.id,
      status: index === 0 ? 'PRIMARY' : 'ACTIVE',
      taskDefinition: deployment.definition.arn,
      desiredCount: index === 0 ? desiredCount : 0,
      pendingCount: countOf(store, service, PENDING, deployment.id),
      runningCount: countOf(store, service, ['RUNNING'], deployment.id),
      failedTasks: deployment.failedTasks,
      createdAt: deployment.createdAt,
      updatedAt: deployment.updatedAt,
      // It is told of rolling deployments alone (API reference, Deployment).
      ...(deployment.shift === undefined
        ? { rolloutState: deployment.rolloutState, rolloutStateReason: deployment.rolloutStateReason }
        : {}),
    })),
    events: service.messages,
    ...(current === undefined || current.finishedAt !== undefined || service.controller === 'CODE_DEPLOY'
      ? {}
      : { currentServiceDeployment: current.arn }),
    currentServiceRevisions: (service.controller === 'CODE_DEPLOY' ? [] : deployments).map(({ id, revision }) => ({
      arn: revision.arn,
      requestedTaskCount: desiredCount,
      runningTaskCount: countOf(store, service, ['RUNNING'], id),
      pendingTaskCount: countOf(store, service, PENDING, id),
      ...weightsOf(service, revision),
    })),
    ...(withTags ? { tags: service.tags } : {}),
  };
};

/** What CodeDeploy made: whichever has production traffic is the primary one (API reference, TaskSet). */
const taskSetsOf = (store: EcsStore, service: Service) => {
  const [newest, old] = service.deployments;
  const isMoved = newest?.shift === undefined || old === undefined || newest.shift.weight === 100;
  return service.deployments.map((deployment, index) => ({
    id: deployment.id,
    taskSetArn: service.arn.replace(':service/', ':task-set/').concat('/', deployment.id),
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    startedBy: 'CODE_DEPLOY',
    status: (index === 0) === isMoved ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: deployment.definition.arn,
    computedDesiredCount: service.desiredCount,
    pendingCount: countOf(store, service, PENDING, deployment.id),
    runningCount: countOf(store, service, ['RUNNING'], deployment.id),
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: deployment.rolloutState === 'COMPLETED' ? 'STEADY_STATE' : 'STABILIZING',
  }));
};

export const taskAnswer = (task: Task) => {
  const { startedAt, stoppedAt, stopCode, stoppedReason } = task;
  return {
    taskArn: task.arn,
    clusterArn: task.cluster.arn,
    taskDefinitionArn: task.deployment.definition.arn,
    group: `service:${task.service.name}`,
    startedBy: task.deployment.id,
    launchType: 'FARGATE',
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: 'UNKNOWN',
    connectivity: 'CONNECTED',
    version: task.version,
    createdAt: task.createdAt,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(stopCode === undefined ? {} : { stopCode }),
    ...(stoppedReason === undefined ? {} : { stoppedReason }),
    containers: containersOf(task),
    attachments: [],
    attributes: [],
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [] },
    tags: [],
  };
};

const summary = (store: EcsStore, revision: ServiceRevision, service: Service | undefined) => {
  const count = (statuses: readonly string[]) =>
    [...store.tasks.values()].filter(
      (task) => task.service === service && task.deployment.revision === revision && statuses.includes(task.lastStatus),
    ).length;
  return {
    arn: revision.arn,
    requestedTaskCount: service?.desiredCount ?? 0,
    runningTaskCount: count(['RUNNING']),
    pendingTaskCount: count(PENDING),
    ...(service === undefined ? {} : weightsOf(service, revision)),
  };
};

const hookAnswer = ({ id, status, expiresAt, settings }: Hook) => ({
  hookId: id,
  targetType: settings.function === undefined ? 'PAUSE' : 'AWS_LAMBDA',
  ...(settings.function === undefined ? {} : { targetArn: settings.function.arn }),
  status,
  expiresAt,
  timeoutAction: settings.timeoutAction,
});

export const recordAnswer = (store: EcsStore, record: ServiceDeployment) => {
  const service = [...store.services.values()].find(({ arn }) => arn === record.service);
  const { statusReason, finishedAt, rollback } = record;
  const shift = service?.deployments.find((deployment) => deployment.record === record)?.shift;
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: record.service,
    clusterArn: record.cluster,
    createdAt: record.createdAt,
    startedAt: record.createdAt,
    updatedAt: record.updatedAt,
    status: record.status,
    ...(shift === undefined ? {} : { lifecycleStage: stageOf(shift), lifecycleHookDetails: shift.hooks.map(hookAnswer) }),
    ...(statusReason === undefined ? {} : { statusReason }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(rollback === undefined ? {} : { rollback }),
    sourceServiceRevisions: record.source.map((revision) => summary(store, revision, service)),
    targetServiceRevision: summary(store, record.target, service),
    deploymentConfiguration: service?.body['deploymentConfiguration'] ?? {},
    ...(record.breaker
      ? {
          deploymentCircuitBreaker: {
            status:
              record.failureCount >= record.threshold
                ? 'TRIGGERED'
                : finishedAt === undefined
                  ? 'MONITORING'
                  : 'MONITORING_COMPLETE',
            failureCount: record.failureCount,
            threshold: record.threshold,
          },
        }
      : {}),
    ...(record.alarmNames.length === 0
      ? {}
      : {
          alarms: {
            status: record.triggeredAlarms.length > 0 ? 'TRIGGERED' : 'MONITORING',
            alarmNames: record.alarmNames,
            triggeredAlarmNames: record.triggeredAlarms,
          },
        }),
  };
};

export const revisionAnswer = ({ arn, service, cluster, definition, createdAt }: ServiceRevision) => ({
  serviceRevisionArn: arn,
  serviceArn: service,
  clusterArn: cluster,
  taskDefinition: definition.arn,
  containerImages: definition.containers.map(({ name, image }) => ({ containerName: name, image })),
  createdAt,
});
