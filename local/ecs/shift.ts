import { tellHook } from './events.ts';
import { hexadecimal, secondsNow } from './identifiers.ts';
import type { Deployment, EcsStore, Hook, HookSettings, Seconds, Service, Shift, Stage, StagePlan, Task } from './model.ts';
import { hasTestListener, othersAreLeft, scaleIn, serve, startTasks } from './tasks.ts';

/** How long a listener takes to change its weights; AWS names no figure. */
export const SHIFT_SECONDS = 1;

interface Configuration {
  readonly strategy?: string;
  readonly bakeTimeInMinutes?: number;
  readonly canaryConfiguration?: { readonly canaryPercent?: number; readonly canaryBakeTimeInMinutes?: number };
  readonly linearConfiguration?: { readonly stepPercent?: number; readonly stepBakeTimeInMinutes?: number };
  readonly lifecycleHooks?: readonly {
    readonly hookTargetArn?: string;
    readonly roleArn?: string;
    readonly hookDetails?: unknown;
    readonly lifecycleStages?: readonly Stage[];
    readonly timeoutConfiguration?: { readonly timeoutInMinutes?: number; readonly action?: 'CONTINUE' | 'ROLLBACK' };
  }[];
}

const configurationOf = ({ body }: Service): Configuration => (body['deploymentConfiguration'] ?? {}) as Configuration;

export const isShifting = (service: Service): boolean => (configurationOf(service).strategy ?? 'ROLLING') !== 'ROLLING';

/** Shares of the production traffic, and how long each is kept; the defaults are the API reference's. */
const steps = ({ strategy, canaryConfiguration, linearConfiguration }: Configuration): readonly (readonly [number, number])[] => {
  if (strategy === 'CANARY') {
    const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } = canaryConfiguration ?? {};
    return [
      [canaryPercent, canaryBakeTimeInMinutes],
      [100, 0],
    ];
  }
  if (strategy !== 'LINEAR') return [[100, 0]];
  const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = linearConfiguration ?? {};
  const count = Math.ceil(100 / stepPercent);
  return Array.from({ length: count }, (_, index) =>
    index === count - 1 ? [100, 0] : [stepPercent * (index + 1), stepBakeTimeInMinutes],
  );
};

/** PRE_PRODUCTION_ and PRODUCTION_TRAFFIC_SHIFT come with each step (Developer Guide, "Lifecycle hooks for Amazon ECS service deployments"). */
const planOf = (configuration: Configuration, hasTest: boolean): readonly StagePlan[] => {
  const at = (stage: Stage, seconds = 0): StagePlan => ({ stage, seconds });
  return [
    at('PRE_SCALE_UP'),
    at('SCALE_UP'),
    at('POST_SCALE_UP'),
    ...(hasTest ? [at('TEST_TRAFFIC_SHIFT', SHIFT_SECONDS), at('POST_TEST_TRAFFIC_SHIFT')] : []),
    ...steps(configuration).flatMap(([weight, minutes]) => [
      at('PRE_PRODUCTION_TRAFFIC_SHIFT'),
      { ...at('PRODUCTION_TRAFFIC_SHIFT', SHIFT_SECONDS + minutes * 60), weight },
    ]),
    at('POST_PRODUCTION_TRAFFIC_SHIFT'),
    at('BAKE_TIME', (configuration.bakeTimeInMinutes ?? 0) * 60),
    at('CLEAN_UP'),
  ];
};

/** A shift by a plan that somebody else has made. */
export const shiftBy = (store: EcsStore, plan: readonly StagePlan[]): Shift => ({
  plan,
  configured: [],
  at: 0,
  since: secondsNow(store),
  weight: 0,
  test: false,
  hooks: [],
});

/** Of a service without another revision nothing is shifted, and nobody is asked. */
export const newShift = (store: EcsStore, service: Service): Shift | undefined => {
  if (!isShifting(service)) return undefined;
  const configuration = configurationOf(service);
  const hooks = (configuration.lifecycleHooks ?? []).map(
    ({ lifecycleStages = [], timeoutConfiguration = {}, hookTargetArn: arn, roleArn: role = '', hookDetails }): HookSettings => ({
      stages: lifecycleStages,
      timeoutMinutes: timeoutConfiguration.timeoutInMinutes ?? 1440,
      timeoutAction: timeoutConfiguration.action ?? 'ROLLBACK',
      details: hookDetails ?? {},
      ...(arn === undefined ? {} : { function: { arn, role } }),
    }),
  );
  const isFirst = service.lastCompleted === undefined;
  const plan = isFirst ? planOf({}, false) : planOf(configuration, hasTestListener(service));
  return { ...shiftBy(store, plan), configured: isFirst ? [] : hooks };
};

export const stageOf = ({ plan, at }: Shift): Stage => plan[at]?.stage ?? 'CLEAN_UP';

const tasksOf = (store: EcsStore, deployment: Deployment): readonly Task[] =>
  [...store.tasks.values()].filter((task) => task.deployment === deployment && task.desiredStatus === 'RUNNING');

/** Has as many tasks of a deployment as are wanted. */
const keep = (store: EcsStore, service: Service, deployment: Deployment, count: number): void => {
  const tasks = tasksOf(store, deployment);
  startTasks(store, service, deployment, count - tasks.length);
  for (const task of tasks.slice(count)) scaleIn(store, task, deployment);
};

/** One pass of the scheduler over a deployment that shifts traffic: the new revision beside the old one, until the old one is not needed. */
export const reconcileShift = (store: EcsStore, service: Service, deployment: Deployment, shift: Shift): void => {
  const [, old] = service.deployments;
  for (const task of store.tasks.values()) {
    if (task.service === service && !service.deployments.includes(task.deployment) && task.desiredStatus === 'RUNNING')
      scaleIn(store, task, deployment);
  }
  const failed = deployment.rolloutState === 'FAILED';
  const isOver = deployment.rolloutState === 'COMPLETED';
  if (old !== undefined) keep(store, service, old, !failed && stageOf(shift) === 'CLEAN_UP' ? 0 : service.desiredCount);
  keep(store, service, deployment, failed || stageOf(shift) === 'PRE_SCALE_UP' ? 0 : service.desiredCount);
  if (failed) settleBack(store, service, deployment, old);
  else if (!isOver) proceed(store, service, deployment, shift);
};

/** Rolled back: the old revision has all traffic already; over once the new one's tasks are gone. */
const settleBack = (store: EcsStore, service: Service, deployment: Deployment, old: Deployment | undefined): void => {
  if (old === undefined || deployment.record.status !== 'ROLLBACK_IN_PROGRESS') return;
  const left = [...store.tasks.values()].some((task) => task.deployment === deployment && task.lastStatus !== 'STOPPED');
  const well = tasksOf(store, old).filter(({ healthy }) => healthy).length >= service.desiredCount;
  if (!left && well) store.ends.rolledBack(service, deployment, old);
};

/** A hook that is not answered yet. */
const OPEN: readonly Hook['status'][] = ['AWAITING_ACTION', 'IN_PROGRESS'];

/** Those of the stage: each has to be over before the next one (Developer Guide, "Lifecycle hooks for Amazon ECS service deployments"). */
const openAt = (shift: Shift): readonly Hook[] =>
  shift.hooks.filter(({ at, status }) => at === shift.at && OPEN.includes(status));

/** Goes on as far as nothing is in the way. */
const proceed = (store: EcsStore, service: Service, deployment: Deployment, shift: Shift): void => {
  for (let plan = shift.plan[shift.at]; plan !== undefined; plan = shift.plan[shift.at]) {
    askAtHooks(store, service, deployment, shift, plan.stage);
    timeOut(store, service, deployment, shift);
    if (deployment.rolloutState === 'FAILED') return;
    const until = waitsUntil(store, shift, plan);
    if (until !== undefined) {
      wakeAt(store, service, shift, until);
      return;
    }
    if (!isReady(store, service, deployment, plan.stage)) return;
    enter(store, service, shift);
    store.shifted.listener?.(service, deployment);
    if (stageOf(shift) === 'SCALE_UP') keep(store, service, deployment, service.desiredCount);
    if (stageOf(shift) === 'CLEAN_UP' && service.deployments[1] !== undefined) keep(store, service, service.deployments[1], 0);
  }
  store.ends.succeeded(service, deployment);
};

/** When the stage is over at the earliest, or the first of its hooks at the latest; `undefined`: by now. */
const waitsUntil = (store: EcsStore, shift: Shift, { seconds }: StagePlan): Seconds | undefined => {
  const open = openAt(shift);
  const until = open.length > 0 ? Math.min(...open.map(({ expiresAt }) => expiresAt)) : shift.since + seconds;
  return secondsNow(store) < until ? until : undefined;
};

/** The next stage, with what it changes at once. */
const enter = (store: EcsStore, service: Service, shift: Shift): void => {
  shift.at += 1;
  shift.since = secondsNow(store);
  const plan = shift.plan[shift.at];
  if (plan?.stage === 'TEST_TRAFFIC_SHIFT') shift.test = true;
  if (plan?.weight !== undefined) shift.weight = plan.weight;
  serve(store, service);
};

const isReady = (store: EcsStore, service: Service, deployment: Deployment, stage: Stage): boolean => {
  if (stage === 'SCALE_UP') return tasksOf(store, deployment).filter(({ healthy }) => healthy).length >= service.desiredCount;
  return stage !== 'CLEAN_UP' || !othersAreLeft(store, service, deployment);
};

const wakeAt = (store: EcsStore, service: Service, shift: Shift, seconds: number): void => {
  if (shift.armed === seconds) return;
  shift.armed = seconds;
  store.clock.after(Math.max(0, (seconds - secondsNow(store)) * 1000), () => store.tasksChanged(service));
};

/** Linear and canary deployments come to some stages with each step: every visit asks anew. */
const askAtHooks = (store: EcsStore, service: Service, deployment: Deployment, shift: Shift, stage: Stage): void => {
  if (shift.hooks.some(({ at }) => at === shift.at)) return;
  for (const settings of shift.configured.filter(({ stages }) => stages.includes(stage))) {
    const isPause = settings.function === undefined;
    const hook: Hook = {
      id: `ecs-${isPause ? 'pause' : 'lambda'}-${hexadecimal(store, 40)}`,
      settings,
      at: shift.at,
      stage,
      expiresAt: secondsNow(store) + settings.timeoutMinutes * 60,
      status: isPause ? 'AWAITING_ACTION' : 'IN_PROGRESS',
      details: settings.details,
    };
    shift.hooks.push(hook);
    tellHook(store, service, deployment, hook);
    if (!isPause) void askFunction(store, service, deployment, hook);
  }
};

/** "By default, the delay is 30 seconds" (Developer Guide, "Lifecycle hooks for Amazon ECS service deployments"). */
const CALL_BACK_SECONDS = 30;

/** Asks the function until it says how it is; whatever is no answer rolls back (the same page). */
const askFunction = async (store: EcsStore, service: Service, deployment: Deployment, hook: Hook): Promise<void> => {
  const { arn = '', role = '' } = hook.settings.function ?? {};
  const payload = {
    executionId: hook.id,
    lifecycleStage: hook.stage,
    resourceArn: deployment.record.arn,
    executionDetails: { serviceArn: service.arn, targetServiceRevisionArn: deployment.revision.arn },
    hookDetails: hook.details,
  };
  const asked = await store.functions.ask(arn, payload, {
    service: 'ecs.amazonaws.com',
    roleArn: role,
    session: 'ecs-service-deployment',
  });
  if (hook.status !== 'IN_PROGRESS') return;
  const { hookStatus, callBackDelay, hookDetails } = ('answer' in asked ? (asked.answer ?? {}) : {}) as {
    readonly hookStatus?: unknown;
    readonly callBackDelay?: unknown;
    readonly hookDetails?: unknown;
  };
  if (hookStatus === 'IN_PROGRESS') {
    hook.details = hookDetails ?? hook.details;
    const seconds = typeof callBackDelay === 'number' && callBackDelay > 0 ? callBackDelay : CALL_BACK_SECONDS;
    store.clock.after(seconds * 1000, () => {
      if (hook.status === 'IN_PROGRESS') void askFunction(store, service, deployment, hook);
    });
    return;
  }
  hook.status = hookStatus === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED';
  tellHook(store, service, deployment, hook);
  const why = 'problem' in asked ? asked.problem : `it answered hookStatus ${String(hookStatus)}`;
  if (hook.status === 'FAILED')
    store.ends.failed(
      service,
      deployment,
      'Service deployment failed: lifecycle hook failed.',
      `Lifecycle hook ${arn} failed: ${why}`,
    );
  store.tasksChanged(service);
};

/** Hooks that were not answered in time; the first of them that rolls back ends all. */
const timeOut = (store: EcsStore, service: Service, deployment: Deployment, shift: Shift): void => {
  for (const hook of openAt(shift).filter(({ expiresAt }) => expiresAt <= secondsNow(store))) {
    hook.status = 'TIMED_OUT';
    tellHook(store, service, deployment, hook);
    if (hook.settings.timeoutAction === 'CONTINUE') continue;
    store.ends.failed(
      service,
      deployment,
      'Service deployment failed: lifecycle hook timed out.',
      `Lifecycle hook ${hook.id} timed out.`,
    );
    return;
  }
};

/** Functions that were being asked when the cloud was ended are asked again. */
export const resumeHooks = (store: EcsStore, service: Service): void => {
  for (const deployment of service.deployments)
    for (const hook of deployment.shift?.hooks ?? [])
      if (hook.status === 'IN_PROGRESS') void askFunction(store, service, deployment, hook);
};

/** The new revision has no traffic any more, and its tasks end. */
export const shiftBack = (store: EcsStore, service: Service, shift: Shift): void => {
  shift.weight = 0;
  shift.test = false;
  for (const hook of shift.hooks) if (OPEN.includes(hook.status)) hook.status = 'FAILED';
  serve(store, service);
  store.tasksChanged(service);
};

/** Answers a pause. `undefined`: nothing waits under that id. */
export const waitingHook = ({ hooks }: Shift, id: string): Hook | undefined =>
  hooks.find((hook) => hook.id === id && hook.status === 'AWAITING_ACTION');
