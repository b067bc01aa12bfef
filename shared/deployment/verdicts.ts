import type { Decision, EventDraft, EventType, World } from './decision.ts';
import type { Moment } from './input.ts';
import { leave } from './lanes.ts';
import { isActive } from './owner.ts';
import { releaseLease, withoutActive, withRunning } from './services.ts';
import type { Deployment, Kind, Lane, Outcome, Service, TerminalState } from './types.ts';

const DEPLOY_VERDICTS = {
  succeeded: 'DeploymentSucceeded',
  'rolled-back': 'DeploymentRolledBack',
  failed: 'DeploymentFailed',
  rejected: 'DeploymentRejected',
  superseded: 'DeploymentSuperseded',
  expired: 'DeploymentExpired',
  cancelled: 'DeploymentCancelled',
} as const satisfies Record<TerminalState, EventType>;

/** A rollback that ends before it began is rejected, whatever the reason. */
const ROLLBACK_VERDICTS = {
  succeeded: 'RollbackSucceeded',
  'rolled-back': 'RollbackSucceeded',
  failed: 'RollbackFailed',
  rejected: 'RollbackRejected',
  superseded: 'RollbackRejected',
  expired: 'RollbackRejected',
  cancelled: 'RollbackRejected',
} as const satisfies Record<TerminalState, EventType>;

export const verdictEvent = (kind: Kind, state: TerminalState): EventType =>
  kind === 'deploy' ? DEPLOY_VERDICTS[state] : ROLLBACK_VERDICTS[state];

export type Ending = Omit<Outcome, 'at' | 'changed' | 'verified' | 'notWatched'> & Partial<Pick<Outcome, 'changed' | 'verified'>>;

/** The deployment as it is after its verdict: nothing is owed any more. */
export const ended = (deployment: Deployment, state: TerminalState, ending: Ending, now: number): Deployment => {
  const { wakeAt: _, deadline: __, nextCheckAt: ___, waitingFor: ____, ...rest } = deployment;
  const outcome: Outcome = { changed: false, verified: false, notWatched: deployment.baseline, ...ending, at: now };
  return { ...rest, state, outcome };
};

/** The verdict as the bus hears it. */
export const verdictDraft = (deployment: Deployment, sequence: number, now: number): EventDraft => {
  const { outcome, state, kind } = deployment;
  if (outcome === undefined) throw new Error(`deployment ${deployment.id} is ${state} without an outcome`);
  const { at: _, ...told } = outcome;
  const { before, leaving, stopped, checkAttempts, smoke, acceptedAt } = deployment;
  return {
    type: verdictEvent(kind, state as TerminalState),
    deployment,
    sequence,
    at: now,
    extra: {
      terminal: true,
      verdict: state,
      ...told,
      ...(outcome.changed && before !== undefined ? { before: before.revision } : {}),
      ...(leaving === undefined ? {} : { left: leaving }),
      ...(stopped === undefined ? {} : { stopped: toldStopped(stopped) }),
      checkAttempts,
      ...(smoke === undefined ? {} : { smoke }),
      durationSeconds: Math.round((now - acceptedAt) / 1000),
    },
  };
};

const toldStopped = ({ evidence: _, ...stopped }: NonNullable<Deployment['stopped']>) => stopped;

/** What a verdict changes around the deployment: its lane goes to the next, its service is free. */
const freed = (
  world: World,
  deployment: Deployment,
  service: Service,
  moment: Moment,
): Pick<Decision, 'lane' | 'service' | 'wakes'> => {
  const lane = deployment.kind === 'deploy' ? leave(world.lane, deployment.id, moment.now) : world.lane;
  const idle = idleService(service, deployment, moment);
  return {
    ...(lane === world.lane ? {} : { lane }),
    ...(idle === world.service ? {} : { service: idle }),
    wakes: [
      ...(isActive(world.deployment?.state ?? 'queued') || lane !== world.lane ? wakesForLane(lane) : []),
      ...wakesForService(idle, deployment),
    ],
  };
};

/** The service without the deployment that has ended, and with what its end says of what runs. */
const idleService = (service: Service, deployment: Deployment, moment: Moment): Service => {
  const { id } = deployment;
  if (service.active !== id && !service.waiting.includes(id)) return service;
  const idle = service.active === id ? withoutActive(ranSince(service, deployment, moment.now)) : service;
  return releaseLease({ ...idle, waiting: idle.waiting.filter((waiting) => waiting !== id) }, moment);
};

/** The service's history: a deployment that changed nothing never ran; one that was undone left something running. */
const ranSince = (service: Service, { id, state, outcome }: Deployment, now: number): Service => {
  if (outcome?.changed !== true)
    return { ...service, history: service.history.filter((stretch) => stretch.deployment !== id || !stretch.underWay) };
  const { running } = outcome;
  if (state === 'succeeded' || running === undefined) return service;
  const known = service.verified.find(({ revision }) => revision.id === running.id);
  return withRunning(service, {
    at: now,
    ...(known === undefined ? {} : { deployment: known.deployment }),
    ...(running.digest === undefined ? {} : { digest: running.digest }),
    revision: running.id,
  });
};

/** Whoever holds the lane now may be able to go on. */
export const wakesForLane = ({ holder, environment, name }: Lane): Decision['wakes'] =>
  holder === undefined
    ? []
    : [{ function: 'deploy', environment, service: holder.service, lane: name, deployment: holder.id, delaySeconds: 0 }];

const wakesForService = (service: Service, { environment, lane }: Deployment): Decision['wakes'] => {
  const [first] = service.waiting;
  return first === undefined
    ? []
    : [{ function: 'rollback', environment, service: service.name, lane, deployment: first, delaySeconds: 0 }];
};

/**
 * Ends the deployment. Everything that the verdict frees is freed in the same commit.
 * `service` is the service as the step left it so far; `events` come before the verdict.
 */
export const verdict = (
  world: World,
  deployment: Deployment,
  state: TerminalState,
  ending: Ending,
  moment: Moment,
  {
    service = world.service,
    events = [],
  }: { service?: Service; events?: readonly Omit<EventDraft, 'sequence' | 'deployment' | 'at'>[] } = {},
): Decision => {
  const end = ended(deployment, state, ending, moment.now);
  const sequence = deployment.sequence + events.length + 1;
  const final: Deployment = { ...end, sequence };
  const before = events.map(
    (event, index): EventDraft => ({ ...event, deployment: final, at: moment.now, sequence: deployment.sequence + index + 1 }),
  );
  return {
    deployment: final,
    others: [],
    events: [...before, verdictDraft(final, sequence, moment.now)],
    ...freed(world, final, service, moment),
  };
};
