import { say, tellDeployment, tellSteady } from './events.ts';
import { digits, ecsArn, hexadecimal, secondsNow } from './identifiers.ts';
import { invalid } from './lookup.ts';
import type { Deployment, EcsStore, Service, ServiceDeployment, ServiceRevision, Shift, Task, TaskDefinition } from './model.ts';
import { isShifting, newShift, reconcileShift, shiftBack } from './shift.ts';
import { othersAreLeft, scaleIn, startTasks } from './tasks.ts';

interface Percent {
  readonly minimum: number;
  readonly maximum: number;
}

interface BreakerSettings {
  readonly enable?: boolean;
  readonly rollback?: boolean;
  readonly thresholdConfiguration?: Threshold;
}

/** How many failures are too many: a count, or a percentage of the desired count, within bounds or not (API reference, ThresholdConfiguration). */
interface Threshold {
  readonly type?: 'COUNT' | 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT';
  readonly value?: number;
}

interface AlarmSettings extends BreakerSettings {
  readonly alarmNames?: readonly string[];
}

const configuration = ({ body }: Service): Readonly<Record<string, unknown>> =>
  (body['deploymentConfiguration'] ?? {}) as Readonly<Record<string, unknown>>;

const percentOf = (service: Service): Percent => ({
  minimum: Number(configuration(service)['minimumHealthyPercent'] ?? 100),
  maximum: Number(configuration(service)['maximumPercent'] ?? 200),
});

export const breakerOf = (service: Service): BreakerSettings =>
  (configuration(service)['deploymentCircuitBreaker'] ?? {}) as BreakerSettings;

export const alarmsOf = (service: Service): AlarmSettings => (configuration(service)['alarms'] ?? {}) as AlarmSettings;

/** "minimum threshold 3, maximum 200, half the desired count" (Developer Guide, "How the circuit breaker detects failures"). */
export const breakerThreshold = (desired: number, { type = 'BOUNDED_PERCENT', value = 50 }: Threshold = {}): number => {
  if (type === 'COUNT') return value;
  const share = Math.ceil((desired * value) / 100);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share));
};

/** Of rolling deployments (API reference, DeploymentEarlySuccessCriteria). */
const earlySuccessOf = (service: Service) =>
  (configuration(service)['earlySuccessCriteria'] ?? {}) as {
    readonly enable?: boolean;
    readonly healthyPercent?: number;
    readonly sourceServiceRevisionCleanup?: 'BLOCKING' | 'DEFERRED';
  };

const tasksOf = (store: EcsStore, service: Service): Task[] =>
  [...store.tasks.values()].filter((task) => task.service === service && task.desiredStatus === 'RUNNING');

const primaryOf = (service: Service): Deployment | undefined => service.deployments[0];

/** A revision of the service: the task definition that it is to run from now on. */
const newRevision = (store: EcsStore, service: Service, definition: TaskDefinition): ServiceRevision => {
  const revision: ServiceRevision = {
    arn: ecsArn(store, `service-revision/${service.cluster.name}/${service.name}/${digits(store, 19)}`),
    service: service.arn,
    cluster: service.cluster.arn,
    definition,
    createdAt: secondsNow(store),
  };
  service.revisions.push(revision);
  return revision;
};

/** Begins a rollout, as CreateService and UpdateService do; one that is under way is superseded. */
export const beginDeployment = (store: EcsStore, service: Service, definition: TaskDefinition, given?: Shift): Deployment => {
  const now = secondsNow(store);
  const revision = newRevision(store, service, definition);
  for (const { record } of service.deployments) supersede(record, now);
  if (given !== undefined || isShifting(service)) onlyLastCompleted(service);
  const { alarmNames = [], enable = false } = alarmsOf(service);
  const record: ServiceDeployment = {
    arn: ecsArn(store, `service-deployment/${service.cluster.name}/${service.name}/${hexadecimal(store, 21)}`),
    service: service.arn,
    cluster: service.cluster.arn,
    createdAt: now,
    updatedAt: now,
    status: 'IN_PROGRESS',
    source: service.lastCompleted === undefined ? [] : [service.lastCompleted],
    target: revision,
    triggeredAlarms: [],
    alarmNames: enable ? alarmNames : [],
    failureCount: 0,
    threshold: breakerThreshold(service.desiredCount, breakerOf(service).thresholdConfiguration),
    breaker: breakerOf(service).enable === true,
  };
  service.records.unshift(record);
  return addDeployment(store, service, record, revision, { isRollback: false, ...(given === undefined ? {} : { given }) });
};

/** Traffic is shifted from one revision alone: the last that was completed. */
const onlyLastCompleted = (service: Service): void => {
  const last = service.deployments.filter(({ revision }) => revision === service.lastCompleted);
  service.deployments = last.slice(0, 1);
};

const supersede = (record: ServiceDeployment, now: number): void => {
  if (record.status === 'IN_PROGRESS' || record.status === 'PENDING') {
    record.status = 'STOPPED';
    record.statusReason = 'Service deployment stopped due to a new service deployment.';
    record.finishedAt = now;
    record.updatedAt = now;
  } else if (record.status === 'ROLLBACK_IN_PROGRESS' || record.status === 'ROLLBACK_REQUESTED') {
    record.status = 'ROLLBACK_FAILED';
    record.statusReason = 'Service deployment rollback stopped due to a new service deployment.';
    record.finishedAt = now;
    record.updatedAt = now;
  }
};

const addDeployment = (
  store: EcsStore,
  service: Service,
  record: ServiceDeployment,
  revision: ServiceRevision,
  {
    isRollback,
    given,
    reasonOf = (id) => `ECS deployment ${id} in progress.`,
  }: { readonly isRollback: boolean; readonly given?: Shift; readonly reasonOf?: (id: string) => string },
): Deployment => {
  const now = secondsNow(store);
  const shift = given ?? newShift(store, service);
  const deployment: Deployment = {
    id: `ecs-svc/${digits(store, 19)}`,
    definition: revision.definition,
    createdAt: now,
    updatedAt: now,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: '',
    failedTasks: 0,
    record,
    revision,
    isRollback,
    alarms: record.alarmNames.filter((name) => store.alarms.state(name) !== 'ALARM'),
    ...(shift === undefined ? {} : { shift }),
  };
  deployment.rolloutStateReason = reasonOf(deployment.id);
  service.deployments.unshift(deployment);
  service.definition = revision.definition;
  tellDeployment(store, service, deployment, 'SERVICE_DEPLOYMENT_IN_PROGRESS', deployment.rolloutStateReason);
  reconcile(store, service);
  return deployment;
};

/** A service that was deleted is inactive once its last task has stopped. */
export const drained = (store: EcsStore, service: Service): void => {
  const isLeft = [...store.tasks.values()].some((task) => task.service === service && task.lastStatus !== 'STOPPED');
  if (!isLeft) service.status = 'INACTIVE';
};

/**
 * One pass of the scheduler: as many new tasks as the maximum allows, as few old ones as the minimum allows; completed when
 * only healthy tasks of the primary deployment are left (Developer Guide, "Rolling update").
 */
export const reconcile = (store: EcsStore, service: Service): void => {
  const primary = primaryOf(service);
  if (service.status === 'DRAINING') drained(store, service);
  if (primary === undefined || service.status !== 'ACTIVE') return;
  if (primary.shift !== undefined) {
    reconcileShift(store, service, primary, primary.shift);
    return;
  }
  const { desiredCount: desired } = service;
  const { minimum, maximum } = percentOf(service);
  const running = tasksOf(store, service);
  const fresh = running.filter(({ deployment }) => deployment === primary);
  const old = running.filter(({ deployment }) => deployment !== primary);
  if (primary.rolloutState !== 'FAILED') {
    const most = Math.floor((desired * maximum) / 100);
    const room = Math.min(desired - fresh.length, most - running.length);
    startTasks(store, service, primary, room);
  }
  removeOld(store, primary, old, fresh, Math.ceil((desired * minimum) / 100));
  for (const task of fresh.slice(desired)) scaleIn(store, task, primary);
  complete(store, service, primary);
};

const removeOld = (store: EcsStore, primary: Deployment, old: readonly Task[], fresh: readonly Task[], least: number): void => {
  const healthy = [...old, ...fresh].filter((task) => task.healthy).length;
  let spare = Math.max(0, healthy - least);
  for (const task of old) {
    if (task.healthy && spare === 0) continue;
    if (task.healthy) spare -= 1;
    else if (fresh.length === 0 && least > 0 && primary.rolloutState !== 'FAILED' && healthy < least) continue;
    scaleIn(store, task, primary);
  }
};

const complete = (store: EcsStore, service: Service, primary: Deployment): void => {
  if (primary.rolloutState !== 'IN_PROGRESS') return;
  const tasks = tasksOf(store, service);
  const { enable = false, healthyPercent = 100, sourceServiceRevisionCleanup = 'BLOCKING' } = earlySuccessOf(service);
  const own = tasks.filter((task) => task.deployment === primary && task.healthy).length;
  const enough = own >= Math.ceil((service.desiredCount * (enable ? healthyPercent : 100)) / 100);
  const alone = enable && sourceServiceRevisionCleanup === 'DEFERRED' ? true : !othersAreLeft(store, service, primary);
  if (enough && alone && (enable || own === tasks.length)) succeeded(store, service, primary);
};

/** The primary deployment is the only one left, and well. */
export const succeeded = (store: EcsStore, service: Service, primary: Deployment): void => {
  const now = secondsNow(store);
  primary.rolloutState = 'COMPLETED';
  primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
  primary.updatedAt = now;
  service.deployments = [primary];
  service.lastCompleted = primary.revision;
  const { record } = primary;
  record.status = primary.isRollback ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL';
  record.finishedAt = now;
  record.updatedAt = now;
  say(store, service, 'has reached a steady state.');
  say(store, service, `(deployment ${primary.id}) deployment completed.`);
  tellDeployment(store, service, primary, 'SERVICE_DEPLOYMENT_COMPLETED', primary.rolloutStateReason);
  tellSteady(store, service);
  store.shifted.listener?.(service, primary);
};

const BREAKER = 'Service deployment rolled back because the circuit breaker threshold was exceeded.';

/** A task of a deployment ended badly: it is replaced, until the circuit breaker has seen enough. */
export const taskFailed = (store: EcsStore, service: Service, deployment: Deployment): void => {
  deployment.failedTasks += 1;
  deployment.updatedAt = secondsNow(store);
  // The circuit breaker is for rolling deployments alone (API reference, DeploymentCircuitBreaker).
  if (deployment !== primaryOf(service) || deployment.rolloutState !== 'IN_PROGRESS' || deployment.shift !== undefined) return;
  deployment.record.failureCount += 1;
  if (!breakerOf(service).enable || deployment.record.failureCount < deployment.record.threshold) return;
  fail(
    store,
    service,
    deployment,
    'ECS deployment circuit breaker: tasks failed to start.',
    breakerOf(service).rollback === true,
    BREAKER,
  );
};

/** A deployment alarm rang: the rollout under way fails. One that rang before it began is not counted. */
export const alarmRang = (store: EcsStore, name: string): void => {
  for (const service of store.services.values()) {
    const primary = primaryOf(service);
    // Of CodeDeploy's services its groups have alarms (API reference, DeploymentAlarms).
    if (
      service.controller === 'CODE_DEPLOY' ||
      primary === undefined ||
      primary.isRollback ||
      primary.rolloutState !== 'IN_PROGRESS' ||
      !primary.alarms.includes(name)
    )
      continue;
    primary.record.triggeredAlarms = [...primary.record.triggeredAlarms, name];
    fail(
      store,
      service,
      primary,
      `ECS deployment failed: alarm detected.`,
      alarmsOf(service).rollback === true,
      'Service deployment rolled back because of alarms.',
    );
  }
};

export const fail = (
  store: EcsStore,
  service: Service,
  deployment: Deployment,
  reason: string,
  rollback: boolean,
  why: string,
): void => {
  const now = secondsNow(store);
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = reason;
  deployment.updatedAt = now;
  tellDeployment(store, service, deployment, 'SERVICE_DEPLOYMENT_FAILED', reason);
  const { lastCompleted } = service;
  if (!rollback || lastCompleted === undefined || deployment.isRollback) {
    deployment.record.status = deployment.isRollback ? 'ROLLBACK_FAILED' : 'STOPPED';
    deployment.record.statusReason = reason;
    deployment.record.finishedAt = now;
    return;
  }
  rollBack(store, service, deployment, lastCompleted, why);
};

/** Because somebody asked for it. */
export const stopAndRollBack = (store: EcsStore, service: Service, deployment: Deployment): void => {
  if (service.lastCompleted === undefined) throw invalid('There is no completed service revision to roll back to.');
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = 'Service deployment stopped.';
  rollBack(store, service, deployment, service.lastCompleted, 'Service deployment rolled back because of a user request.');
};

/** ECS's own rollback: another deployment of the same service deployment, to the last completed revision. */
const rollBack = (store: EcsStore, service: Service, deployment: Deployment, to: ServiceRevision, reason: string): void => {
  const now = secondsNow(store);
  const { record, shift } = deployment;
  record.status = 'ROLLBACK_IN_PROGRESS';
  record.statusReason = reason;
  record.updatedAt = now;
  record.rollback = { reason, startedAt: now, serviceRevisionArn: to.arn };
  say(store, service, `(deployment ${deployment.id}) deployment failed: ${deployment.rolloutStateReason}`);
  if (shift !== undefined) {
    shiftBack(store, service, shift);
    return;
  }
  const back =
    reason === BREAKER
      ? addDeployment(store, service, record, to, {
          isRollback: true,
          reasonOf: (id) => `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`,
        })
      : addDeployment(store, service, record, to, { isRollback: true });
  say(store, service, `rolling back to deployment ${back.id}.`);
};

/** All traffic is on the old revision again, and the new one's tasks are gone. */
export const rolledBack = (store: EcsStore, service: Service, deployment: Deployment, to: Deployment): void => {
  const now = secondsNow(store);
  const { record } = deployment;
  record.status = 'ROLLBACK_SUCCESSFUL';
  record.finishedAt = now;
  record.updatedAt = now;
  service.deployments = [to];
  service.definition = to.definition;
  say(store, service, 'has reached a steady state.');
  tellDeployment(store, service, to, 'SERVICE_DEPLOYMENT_COMPLETED', to.rolloutStateReason);
  tellSteady(store, service);
  store.shifted.listener?.(service, deployment);
};
