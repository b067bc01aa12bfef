import { isSame } from '../place.ts';
import type { HttpApp, LocalImage } from '../ports.ts';
import { behaviourOf } from './behaviour.ts';
import { say, tellTask } from './events.ts';
import { ecsArn, hexadecimal, secondsNow } from './identifiers.ts';
import { text } from './lookup.ts';
import type { Deployment, EcsStore, Service, Task, TaskDefinition } from './model.ts';

/** Stopped tasks are told of for an hour (Developer Guide, "Viewing stopped tasks"). */
const KEPT_SECONDS = 3600;
/** How often a load balancer asks a task; so many wrong answers in a row end it. */
const PROBE_SECONDS = 1;
const UNHEALTHY_PROBES = 3;
/** Two good answers in a row put a task in service: the least that an Application Load Balancer can be set to. */
const HEALTHY_PROBES = 2;
/** From the end of a task being wanted to its end. */
const STOPPING_SECONDS = 0.2;

const IMAGE = /^(?:([^/]+\.[^/]+|[^/]+:[0-9]+)\/)?([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** Amazon ECR User Guide, "Private registry": the registry's default URL. */
const REGISTRY = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/;

/** The image that a task definition names, if its registry has it and lets it be pulled; hosts that are no place's stand for the own one. */
const findImage = (store: EcsStore, { body }: TaskDefinition, name: string): LocalImage | undefined => {
  const [, host = '', repository = '', tag = 'latest', digest] = IMAGE.exec(name) ?? [];
  const [, account = store.place.account, region = store.place.region] = REGISTRY.exec(host) ?? [];
  const from = { account, region };
  const reference = digest ?? tag;
  if (isSame(from, store.place)) return store.images.find(repository, reference);
  return store.pull({ from, repository, reference, role: text(body, 'executionRoleArn') });
};

const digestsOf = (store: EcsStore, definition: TaskDefinition): ReadonlyMap<string, string> =>
  new Map(
    definition.containers.flatMap(({ name, image }): [string, string][] => {
      const found = findImage(store, definition, image);
      return found === undefined ? [] : [[name, found.platforms[0] ?? found.digest]];
    }),
  );

const essential = ({ containers }: TaskDefinition) => containers.find((container) => container.essential) ?? containers[0];

const startTask = (store: EcsStore, service: Service, deployment: Deployment): Task => {
  const image = findImage(store, deployment.definition, essential(deployment.definition)?.image ?? '');
  const task: Task = {
    arn: ecsArn(store, `task/${service.cluster.name}/${hexadecimal(store, 32)}`),
    cluster: service.cluster,
    service,
    deployment,
    createdAt: secondsNow(store),
    image,
    digests: digestsOf(store, deployment.definition),
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    version: 0,
    healthy: false,
    timers: [],
  };
  store.tasks.set(task.arn, task);
  tellTask(store, task);
  begins(store, task);
  return task;
};

/** More tasks of a deployment; the service tells of them in one message. */
export const startTasks = (store: EcsStore, service: Service, deployment: Deployment, count: number): void => {
  const started = Array.from({ length: Math.max(0, count) }, () => startTask(store, service, deployment));
  const names = started.map(({ arn }) => `(task ${arn.slice(arn.lastIndexOf('/') + 1)})`).join(' ');
  if (started.length > 0) say(store, service, `has started ${started.length} tasks: ${names}.`);
};

const begins = (store: EcsStore, task: Task): void => {
  const { image } = task;
  const starts =
    image === undefined ? (store.taskStartSeconds ?? 1) : behaviourOf(image.labels, store.taskStartSeconds ?? 1).startSeconds;
  later(store, task, 0, () => {
    task.lastStatus = 'PENDING';
    tellTask(store, task);
  });
  later(store, task, starts, () => (image === undefined ? cannotPull(store, task) : runs(store, task, image)));
};

/** Lets a task that was kept go on where it was; what it waited for is waited for from now on. */
export const resume = (store: EcsStore, task: Task): void => {
  if (task.lastStatus === 'STOPPED') forgetLater(store, task);
  else if (task.desiredStatus === 'STOPPED') stopsLater(store, task);
  else if (task.lastStatus !== 'RUNNING' || task.image === undefined) begins(store, task);
  else goesOn(store, task, task.image, task.healthy ? HEALTHY_PROBES : 0);
};

/** Runs something of the task's, unless the task has stopped. */
const later = (store: EcsStore, task: Task, seconds: number, what: () => void): void => {
  task.timers.push(store.clock.after(seconds * 1000, () => (task.lastStatus === 'STOPPED' ? undefined : what())));
};

const cannotPull = (store: EcsStore, task: Task): void => {
  const name = essential(task.deployment.definition)?.image ?? '';
  task.containerReason = `CannotPullContainerError: ${name}: not found`;
  ended(
    store,
    task,
    'TaskFailedToStart',
    `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${name}: ${name}: not found`,
  );
  store.taskFailed(task.service, task.deployment);
  store.tasksChanged(task.service);
};

const runs = (store: EcsStore, task: Task, image: LocalImage): void => {
  task.lastStatus = 'RUNNING';
  task.startedAt = secondsNow(store);
  tellTask(store, task);
  goesOn(store, task, image, 0);
};

/** `answered`: how often the load balancer has had a good answer. */
const goesOn = (store: EcsStore, task: Task, image: LocalImage, answered: number): void => {
  const { exitCode, exitAfterSeconds } = behaviourOf(image.labels, 0);
  if (exitCode !== undefined) later(store, task, exitAfterSeconds, () => exits(store, task, exitCode));
  if (isBalanced(task.service)) probe(store, task, answered, 0);
  else becomesHealthy(store, task);
};

/** Without a load balancer a task counts as healthy once it runs. */
const becomesHealthy = (store: EcsStore, task: Task): void => {
  later(store, task, 0, () => inService(store, task, true));
};

/** A rule for test traffic stands beside the rule for production. */
export const hasTestListener = ({ body }: Service): boolean =>
  ((body['loadBalancers'] ?? []) as readonly { advancedConfiguration?: { testListenerRule?: string } }[]).some(
    ({ advancedConfiguration }) => advancedConfiguration?.testListenerRule !== undefined,
  );

const isBalanced = ({ body }: Service): boolean => Array.isArray(body['loadBalancers']) && body['loadBalancers'].length > 0;

/** Asks the task as a load balancer would: good answers in a row put it in service, bad ones end it. */
const probe = (store: EcsStore, task: Task, successes: number, failures: number): void => {
  const well = answerOf(store, task) === 200;
  const good = well ? successes + 1 : 0;
  const bad = well ? 0 : failures + 1;
  if (bad >= UNHEALTHY_PROBES && !inGrace(store, task)) {
    unhealthy(store, task);
    return;
  }
  if (!task.healthy && good >= HEALTHY_PROBES) inService(store, task, true);
  if (task.healthy && bad >= UNHEALTHY_PROBES) inService(store, task, false);
  const next = well && task.healthy ? untilIll(store, task) : PROBE_SECONDS;
  if (next !== undefined) later(store, task, next, () => probe(store, task, good, bad));
};

/** Seconds to the first probe that finds something else: until then a container that answers well goes on doing so. */
const untilIll = (store: EcsStore, { image, startedAt = 0 }: Task): number | undefined => {
  const { failsAfterSeconds } = behaviourOf(image?.labels ?? {}, 0);
  if (failsAfterSeconds === undefined) return undefined;
  const left = startedAt + failsAfterSeconds - secondsNow(store);
  return Math.max(1, Math.ceil(left / PROBE_SECONDS)) * PROBE_SECONDS;
};

const inService = (store: EcsStore, task: Task, healthy: boolean): void => {
  task.healthy = healthy;
  const { rolloutState, isRollback, record } = task.deployment;
  if (healthy && rolloutState === 'IN_PROGRESS' && !isRollback && resetsFailures(task.service)) record.failureCount = 0;
  serve(store, task.service);
  store.tasksChanged(task.service);
};

/** The default (API reference, DeploymentCircuitBreaker). */
const resetsFailures = ({ body }: Service): boolean => {
  const { deploymentCircuitBreaker: { resetOnHealthyTask = true } = {} } = (body['deploymentConfiguration'] ?? {}) as {
    readonly deploymentCircuitBreaker?: { readonly resetOnHealthyTask?: boolean };
  };
  return resetOnHealthyTask;
};

const inGrace = (store: EcsStore, { service, startedAt = 0 }: Task): boolean =>
  secondsNow(store) < startedAt + Number(service.body['healthCheckGracePeriodSeconds'] ?? 0);

const unhealthy = (store: EcsStore, task: Task): void => {
  const balancers = task.service.body['loadBalancers'] as readonly { targetGroupArn?: string }[];
  ended(
    store,
    task,
    'ServiceSchedulerInitiated',
    `Task failed ELB health checks in (target-group ${balancers[0]?.targetGroupArn ?? ''})`,
  );
  store.taskFailed(task.service, task.deployment);
  store.tasksChanged(task.service);
};

const exits = (store: EcsStore, task: Task, exitCode: number): void => {
  task.exitCode = exitCode;
  ended(store, task, 'EssentialContainerExited', 'Essential container in task exited');
  store.taskFailed(task.service, task.deployment);
  store.tasksChanged(task.service);
};

const ended = (store: EcsStore, task: Task, stopCode: string, stoppedReason: string): void => {
  for (const cancel of task.timers) cancel();
  task.desiredStatus = 'STOPPED';
  task.lastStatus = 'STOPPED';
  task.healthy = false;
  task.stoppedAt = secondsNow(store);
  task.stopCode = stopCode;
  task.stoppedReason = stoppedReason;
  tellTask(store, task);
  serve(store, task.service);
  forgetLater(store, task);
};

const forgetLater = (store: EcsStore, { arn, stoppedAt = 0 }: Task): void => {
  const left = stoppedAt + KEPT_SECONDS - secondsNow(store);
  store.clock.after(left * 1000, () => void store.tasks.delete(arn));
};

/** Asks a task to stop: it does, a moment later, with exit code 143 (128 and SIGTERM). */
export const stopTask = (store: EcsStore, task: Task, stopCode: string, reason: string): void => {
  if (task.desiredStatus === 'STOPPED') return;
  Object.assign(task, { desiredStatus: 'STOPPED', healthy: false, stopCode, stoppedReason: reason } satisfies Partial<Task>);
  serve(store, task.service);
  stopsLater(store, task);
};

/** Stops a task that a deployment does not want, or not any more. */
export const scaleIn = (store: EcsStore, task: Task, { id }: Deployment): void =>
  stopTask(store, task, 'ServiceSchedulerInitiated', `Scaling activity initiated by (deployment ${id})`);

/** Whether tasks of the service's other deployments have not stopped yet. */
export const othersAreLeft = (store: EcsStore, service: Service, deployment: Deployment): boolean =>
  [...store.tasks.values()].some(
    (task) => task.service === service && task.deployment !== deployment && task.lastStatus !== 'STOPPED',
  );

const stopsLater = (store: EcsStore, task: Task): void => {
  store.clock.after(STOPPING_SECONDS * 1000, () => {
    if (task.startedAt !== undefined) task.exitCode = 143;
    ended(store, task, task.stopCode ?? '', task.stoppedReason ?? '');
    store.tasksChanged(task.service);
  });
};

/** What the task's container answers now; `undefined`: nothing. */
const answerOf = (store: EcsStore, task: Task): number | undefined => {
  if (task.image === undefined || task.startedAt === undefined) return undefined;
  const { health, failsAfterSeconds } = behaviourOf(task.image.labels, 0);
  if (health === 'hangs') return undefined;
  const failing = failsAfterSeconds !== undefined && secondsNow(store) >= task.startedAt + failsAfterSeconds;
  return health === 'unhealthy' || failing ? 500 : 200;
};

const NEVER = new Promise<never>(() => undefined);

const appOf =
  (store: EcsStore, task: Task): HttpApp =>
  async () => {
    const status = answerOf(store, task);
    if (status === undefined) return NEVER;
    return { status, body: `${JSON.stringify({ image: task.image?.digest, task: task.arn })}\n` };
  };

/** How the network knows the test listener of a service. */
export const testListener = (service: string): string => `test.${service}`;

/** The service's listeners: of the revisions that have traffic the tasks in service, in turn; 503 while there is none. */
export const serve = (store: EcsStore, service: Service): void => {
  const { cluster, name } = service;
  const isActive = service.status === 'ACTIVE';
  store.network.serve(cluster.name, name, isActive ? balanced(store, service, productionOf) : undefined);
  if (hasTestListener(service))
    store.network.serve(cluster.name, testListener(name), isActive ? balanced(store, service, testOf) : undefined);
};

/** Which of the service's deployments the next request goes to; `undefined`: any. */
type Choice = (service: Service, turn: number) => Deployment | undefined;

/** By weight: of 100 requests in a row as many as it says, spread evenly. */
const productionOf: Choice = ({ deployments: [newest, old] }, turn) => {
  if (newest?.shift === undefined || old === undefined) return undefined;
  const { weight } = newest.shift;
  return Math.floor(((turn + 1) * weight) / 100) > Math.floor((turn * weight) / 100) ? newest : old;
};

/** Without test traffic of its own the listener answers with what production has. */
const testOf: Choice = (service, turn) => {
  const [newest] = service.deployments;
  return newest?.shift?.test === true ? newest : productionOf(service, turn);
};

const balanced = (store: EcsStore, service: Service, choose: Choice): HttpApp => {
  let turn = 0;
  return async (request) => {
    const now = turn++;
    const chosen = choose(service, now);
    const tasks = [...store.tasks.values()].filter(
      (task) =>
        task.service === service &&
        task.lastStatus === 'RUNNING' &&
        task.desiredStatus === 'RUNNING' &&
        (chosen === undefined || task.deployment === chosen),
    );
    const inService = tasks.filter(({ healthy }) => healthy);
    const usable = inService.length > 0 ? inService : isBalanced(service) ? [] : tasks;
    const task = usable[now % Math.max(1, usable.length)];
    return task === undefined ? { status: 503, body: 'no healthy task\n' } : appOf(store, task)(request);
  };
};
