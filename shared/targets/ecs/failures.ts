import type { Service, Task } from '@aws-sdk/client-ecs';
import type { Failure, Observation, Rollout, StoppedTask } from '../../deployment/observations.ts';
import { stoppedAfterRollout } from '../../deployment/under-way.ts';
import { RefusedError } from '../refused.ts';
import type { EcsCalls } from './calls.ts';
import type { EcsConfig } from './config.ts';
import { stoppedTask } from './events.ts';
import { startedSince } from './services.ts';
import type { Traced } from './traces.ts';
import type { EcsJob } from './work.ts';

/** Why a rollout failed: stable words, each with its line of `docs/errors.md`. */
export const ROLLOUT_FAILURES = {
  'ecs-alarm': 'ECS went back because one of its own deployment alarms rang.',
  'ecs-failed': 'The rollout failed (mostly: tasks do not start or do not stay), and ECS does not go back by itself.',
  'tasks-fail': 'Tasks of the new revision end, or fail their health check, again and again: nothing is shifted to it.',
  'ecs-rolled-back': 'ECS went back by itself (its circuit breaker), or somebody told it to.',
} as const;

type Told = Pick<Failure, 'message' | 'evidence'> & { readonly code: keyof typeof ROLLOUT_FAILURES };

const undoingOf = ({ deployment: { alarms, rollback, statusReason } }: Traced): Told => {
  const triggered = alarms?.triggeredAlarmNames ?? [];
  if (triggered.length > 0) {
    return {
      code: 'ecs-alarm',
      message: `ECS goes back, since its deployment alarm rang: ${triggered.join(', ')}`,
      evidence: true,
    };
  }
  const reason = rollback?.reason ?? statusReason ?? 'it gives no reason';
  return { code: 'ecs-rolled-back', message: `ECS goes back by itself: ${reason}`, evidence: false };
};

const failedOf = (reason: string | undefined): Told => ({
  code: 'ecs-failed',
  message: `the rollout failed: ${reason ?? 'ECS gives no reason'}`,
  evidence: false,
});

/** What the scheduler stops by itself, unless for its health, it stops for want of work. */
const endedBadly = ({ stopCode, stoppedReason = '' }: Task): boolean =>
  stopCode !== 'ServiceSchedulerInitiated' || /health check/i.test(stoppedReason);

const isOf =
  ({ id, revision }: Rollout) =>
  ({ startedBy, taskDefinitionArn }: Task): boolean =>
    id.startsWith('ecs-svc/') ? startedBy === id : taskDefinitionArn === revision.id;

/** Tasks of the rollout that ended badly, the first one first. */
const stoppedOf = (tasks: readonly Task[], rollout: Rollout): readonly StoppedTask[] =>
  tasks
    .filter(isOf(rollout))
    .filter(endedBadly)
    .map((task) => stoppedTask({ ...task }))
    .sort((one, other) => one.at - other.at);

const withTasks = (told: Told, stopped: readonly StoppedTask[]): Failure => {
  const [first] = stopped;
  if (first === undefined) return told;
  const exit = first.exitCode === undefined ? '' : `, exit code ${first.exitCode}`;
  return {
    ...told,
    message: `${told.message}; the first task stopped: ${first.reason}${exit}`,
    evidence: told.evidence || stopped.some(({ evidence }) => evidence),
  };
};

/** Asks for the stopped tasks, which tell more than ECS's reason; that they cannot be read does not hide that reason. */
const explained = async (calls: EcsCalls, config: EcsConfig, rollout: Rollout, told: Told): Promise<Failure> => {
  try {
    return withTasks(told, stoppedOf(await calls.stoppedTasks(config), rollout));
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { ...told, message: `${told.message}; ${error.failure.message}` };
  }
};

/** ECS itself undoes, or has undone, the rollout. Two calls. */
export const whyUndone = (calls: EcsCalls, config: EcsConfig, rollout: Rollout, traced: Traced): Promise<Failure> =>
  explained(calls, config, rollout, undoingOf(traced));

/** The rollout failed and stays so. `reason` is ECS's own. Two calls. */
export const whyFailed = (calls: EcsCalls, config: EcsConfig, rollout: Rollout, reason: string | undefined): Promise<Failure> =>
  explained(calls, config, rollout, failedOf(reason));

/** As ECS's circuit breaker counts for rolling deployments (Developer Guide, "How the circuit breaker detects failures"). */
const failuresAllowed = (desired: number): number => Math.min(200, Math.max(3, Math.ceil(desired / 2)));

const failedBy = (failure: Failure | undefined, { revision }: Rollout): Observation | undefined =>
  failure === undefined ? undefined : { phase: 'failed', failure, running: revision };

/** Whether the new revision's tasks do not stay, before it has traffic: ECS and CodeDeploy would go on starting them for hours. Two calls. */
export const failedBeforeShift = async (
  calls: EcsCalls,
  config: EcsConfig,
  rollout: Rollout,
  desired: number,
): Promise<Observation | undefined> => {
  const told = async (): Promise<readonly StoppedTask[]> => {
    try {
      return stoppedOf(await calls.stoppedTasks(config), { ...rollout, id: '' });
    } catch (error) {
      if (error instanceof RefusedError) return [];
      throw error;
    }
  };
  const stopped = (await told()).filter(({ at }) => at >= rollout.startedAt);
  if (stopped.length < failuresAllowed(desired)) return undefined;
  const message = `${stopped.length} tasks of the new revision ended, and it has no traffic yet`;
  return failedBy(withTasks({ code: 'tasks-fail', message, evidence: false }, stopped), rollout);
};

/**
 * Whether a task of a revision that all traffic was shifted to has ended since then (or since it was `over`, where nobody saw that moment):
 * it speaks against the image, though no event told of it. Two calls, where tasks were started; none otherwise, or of a destination that is
 * gone back to: that has proven itself before.
 */
export const failedAfterShift = async (
  calls: EcsCalls,
  { config, restore }: EcsJob,
  service: Service,
  rollout: Rollout,
  over: number | undefined,
): Promise<Observation | undefined> => {
  const since = rollout.movedAt ?? over;
  if (since === undefined || restore !== undefined || !startedSince(service, since)) return undefined;
  return failedBy(await whyReplaced(calls, config, rollout, since), rollout);
};

/**
 * Whether a task of the rollout ended by itself, or failed its health check, after the rollout was over (`since`, in milliseconds). The
 * event that tells it is durable by AWS's word; this finds it where it never came. That the tasks cannot be read speaks against nobody.
 */
export const whyReplaced = async (
  calls: EcsCalls,
  config: EcsConfig,
  rollout: Rollout,
  since: number,
): Promise<Failure | undefined> => {
  try {
    const stopped = stoppedOf(await calls.stoppedTasks(config), rollout);
    const after = stopped.find(({ at, evidence }) => evidence && at >= since);
    return after === undefined ? undefined : stoppedAfterRollout(after);
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
};
