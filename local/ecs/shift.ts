import { askAtHooks, closeHooks, openAt, timeOut } from './hooks.ts';
import { secondsNow } from './identifiers.ts';
import type { Deployment, EcsStore, HookSettings, Seconds, Service, Shift, Stage, StagePlan, Task } from './model.ts';
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
export const shiftBy = (store: EcsStore, plan: readonly StagePlan[], configured: readonly HookSettings[] = []): Shift => ({
  plan,
  configured,
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
  return shiftBy(store, plan, isFirst ? [] : hooks);
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

/** The new revision has no traffic any more, and its tasks end. */
export const shiftBack = (store: EcsStore, service: Service, shift: Shift): void => {
  shift.weight = 0;
  shift.test = false;
  closeHooks(shift);
  serve(store, service);
  store.tasksChanged(service);
};
