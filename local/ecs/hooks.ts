import { tellHook } from './events.ts';
import { hexadecimal, secondsNow } from './identifiers.ts';
import type { Deployment, EcsStore, Hook, Service, Shift, Stage } from './model.ts';

/** A hook that is not answered yet. */
const OPEN: readonly Hook['status'][] = ['AWAITING_ACTION', 'IN_PROGRESS'];

/** Those of the stage: each has to be over before the next one (Developer Guide, "Lifecycle hooks for Amazon ECS service deployments"). */
export const openAt = (shift: Shift): readonly Hook[] =>
  shift.hooks.filter(({ at, status }) => at === shift.at && OPEN.includes(status));

/** Linear and canary deployments come to some stages with each step: every visit asks anew. */
export const askAtHooks = (store: EcsStore, service: Service, deployment: Deployment, shift: Shift, stage: Stage): void => {
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
    if (settings.codeDeploys === undefined) tellHook(store, service, deployment, hook);
    if (!isPause) void askFunction(store, service, deployment, hook);
  }
};

const askFunction = (store: EcsStore, service: Service, deployment: Deployment, hook: Hook): Promise<void> =>
  hook.settings.codeDeploys === undefined
    ? askForEcs(store, service, deployment, hook)
    : askForCodeDeploy(store, service, deployment, hook, hook.settings.codeDeploys);

/** "By default, the delay is 30 seconds" (Developer Guide, "Lifecycle hooks for Amazon ECS service deployments"). */
const CALL_BACK_SECONDS = 30;

/** Asks the function until it says how it is; whatever is no answer rolls back (the same page). */
const askForEcs = async (store: EcsStore, service: Service, deployment: Deployment, hook: Hook): Promise<void> => {
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
  const why = 'problem' in asked ? asked.problem : `it answered hookStatus ${String(hookStatus)}`;
  answerHook(store, service, deployment, hook, hookStatus === 'SUCCEEDED' ? undefined : why);
};

/**
 * The function is told where to say how it is (PutLifecycleEventHookExecutionStatus), and what it answers does not count. One that cannot be
 * invoked, or fails, has failed: how long CodeDeploy would wait for its word, AWS does not say.
 */
const askForCodeDeploy = async (
  store: EcsStore,
  service: Service,
  deployment: Deployment,
  hook: Hook,
  DeploymentId: string,
): Promise<void> => {
  const { arn = '', role = '' } = hook.settings.function ?? {};
  const asked = await store.functions.ask(
    arn,
    { DeploymentId, LifecycleEventHookExecutionId: hook.id },
    { service: 'codedeploy.amazonaws.com', roleArn: role, session: 'codedeploy' },
  );
  if (hook.status === 'IN_PROGRESS' && 'problem' in asked) answerHook(store, service, deployment, hook, asked.problem);
};

/** How the hook has ended; `why`: it failed. */
export const answerHook = (store: EcsStore, service: Service, deployment: Deployment, hook: Hook, why?: string): void => {
  const { codeDeploys, function: asked } = hook.settings;
  hook.status = why === undefined ? 'SUCCEEDED' : 'FAILED';
  if (codeDeploys === undefined) tellHook(store, service, deployment, hook);
  if (why !== undefined) failedAt(store, service, deployment, hook, 'failed', `Lifecycle hook ${asked?.arn} failed: ${why}`);
  store.tasksChanged(service);
};

/** What CodeDeploy shifts is its to end. */
const failedAt = (
  store: EcsStore,
  service: Service,
  deployment: Deployment,
  { settings: { codeDeploys } }: Hook,
  how: 'failed' | 'timed out',
  why: string,
): void => {
  if (codeDeploys === undefined) store.ends.failed(service, deployment, `Service deployment failed: lifecycle hook ${how}.`, why);
  else store.shifted.hookFailed?.(codeDeploys, why);
};

/** Hooks that were not answered in time; the first of them that rolls back ends all. */
export const timeOut = (store: EcsStore, service: Service, deployment: Deployment, shift: Shift): void => {
  for (const hook of openAt(shift).filter(({ expiresAt }) => expiresAt <= secondsNow(store))) {
    hook.status = 'TIMED_OUT';
    if (hook.settings.codeDeploys === undefined) tellHook(store, service, deployment, hook);
    if (hook.settings.timeoutAction === 'CONTINUE') continue;
    failedAt(store, service, deployment, hook, 'timed out', `Lifecycle hook ${hook.id} timed out.`);
    return;
  }
};

/** Functions that were being asked when the cloud was ended are asked again. */
export const resumeHooks = (store: EcsStore, service: Service): void => {
  for (const deployment of service.deployments)
    for (const hook of deployment.shift?.hooks ?? [])
      if (hook.status === 'IN_PROGRESS') void askFunction(store, service, deployment, hook);
};

/** Nobody waits for them any more. */
export const closeHooks = ({ hooks }: Shift): void => {
  for (const hook of hooks) if (OPEN.includes(hook.status)) hook.status = 'FAILED';
};

/** Answers a pause. `undefined`: nothing waits under that id. */
export const waitingHook = ({ hooks }: Shift, id: string): Hook | undefined =>
  hooks.find((hook) => hook.id === id && hook.status === 'AWAITING_ACTION');
