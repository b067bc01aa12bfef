import type { World } from '../../../shared/deployment/decision.ts';
import type { Arrival, Input, InputKind, Moment } from '../../../shared/deployment/input.ts';
import type { AlarmReading, Reason, Revision } from '../../../shared/deployment/observations.ts';
import type { Settings } from '../../../shared/deployment/settings.ts';
import type { Deployment, Lane, Quarantine, Service, State, Window } from '../../../shared/deployment/types.ts';

export const NOW = Date.parse('2026-03-01T12:00:00Z');

export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

export const revision = (number: number, letter = String(number)): Revision => ({
  id: `arn:aws:ecs:eu-west-1:123456789012:task-definition/api:${number}`,
  image: `registry/api@${digest(letter)}`,
  digest: digest(letter),
});

export const settings: Settings = {
  target: { kind: 'ecs-rolling', cluster: 'c', service: 'api', container: 'api' },
  health: { url: 'http://api/health', attempts: 3, timeoutSeconds: 20 },
  alarms: ['arn:alarm:errors'],
  requireOk: false,
  bakeSeconds: 10,
  rolloutSeconds: 600,
  rollbackSeconds: 600,
  rollbackWindowSeconds: 3600,
  waitSeconds: 3600,
  maxAgeSeconds: 3600,
  maxWaiting: 3,
};

export const arrival = (id: string, over: Partial<Arrival> = {}): Arrival => ({
  id,
  environment: 'preprod',
  service: 'api',
  lane: 'preprod',
  cause: { type: 'DeployRequested', eventId: `event-${id}`, account: '123456789012', source: 'ci', time: NOW },
  asked: { image: 'api:new' },
  fingerprint: 'f',
  settings,
  ...over,
});

export const moment = (over: Partial<Moment> = {}): Moment => ({
  now: NOW,
  function: 'deploy',
  invocation: 'me',
  leaseMilliseconds: 120_000,
  ...over,
});

export const deploy = moment();
export const verify = moment({ function: 'verify' });
export const rollback = moment({ function: 'rollback' });

export const alarm = (over: Partial<AlarmReading> = {}): AlarmReading => ({
  arn: 'arn:alarm:errors',
  name: 'errors',
  state: 'ALARM',
  at: NOW,
  reason: 'too many',
  ...over,
});

/** What a deployment has when its request was just taken. */
export const NOTHING_DONE = {
  startAttempts: 0,
  adopted: false,
  baseline: [],
  checkAttempts: 0,
  restores: 0,
  troubles: 0,
  sequence: 1,
  wakeNumber: 1,
};

const base: Omit<Deployment, 'state' | 'kind' | 'id'> = {
  ...arrival('d-new'),
  image: { repository: 'registry/api', digest: digest('b'), platforms: [] },
  acceptedAt: NOW - 1000,
  waitUntil: NOW + 3_600_000,
  ...NOTHING_DONE,
  wakeAt: NOW,
  version: 1,
};

const startedAt = NOW - 60_000;

/** A deployment as it usually is in each state; `over` is what the test is about. */
export const deployment = (state: State, over: Partial<Deployment> = {}): Deployment => ({
  ...base,
  id: 'd-new',
  kind: 'deploy',
  state,
  ...USUAL[state],
  ...over,
});

const before = { revision: revision(1, 'a'), settled: true, desired: 2 };
const rollout = { revision: revision(2, 'b'), id: 'ecs-svc/2', startedAt };
const underWay: Partial<Deployment> = {
  before,
  rollout,
  desired: 2,
  startAttempts: 1,
  baselineAt: startedAt - 1000,
  deadline: NOW + 600_000,
};
const goingBack: Partial<Deployment> = {
  ...underWay,
  failure: { code: 'health-check', message: 'it failed', evidence: true },
  leaving: { deployment: 'd-new', digest: digest('b'), revision: revision(2, 'b').id },
  destination: revision(1, 'a'),
};
const over: Partial<Deployment> = {
  outcome: { at: NOW, reason: { code: 'x', message: 'x' }, changed: true, verified: true, notWatched: [] },
};

const USUAL: Readonly<Record<State, Partial<Deployment>>> = {
  queued: {},
  starting: { deadline: NOW + 600_000 },
  widening: { ...underWay, wave: 1, startAttempts: 0 },
  'rolling-out': underWay,
  verifying: { ...underWay, nextCheckAt: NOW },
  baking: { ...underWay, bakeUntil: NOW },
  'rolling-back': goingBack,
  'verifying-rollback': {
    ...goingBack,
    restores: 1,
    restore: { revision: revision(1, 'a'), id: 'ecs-svc/3', startedAt: NOW - 30_000 },
    nextCheckAt: NOW,
  },
  succeeded: over,
  'rolled-back': over,
  failed: over,
  rejected: over,
  superseded: over,
  expired: over,
  cancelled: over,
};

export const service = (over: Partial<Service> = {}): Service => ({
  environment: 'preprod',
  name: 'api',
  waiting: [],
  verified: [{ revision: revision(1, 'a'), digest: digest('a'), deployment: 'd-old', at: NOW - 1_000_000 }],
  history: [{ at: NOW - 1_000_000, deployment: 'd-old', digest: digest('a'), revision: revision(1, 'a').id, underWay: false }],
  wakeNumber: 0,
  version: 1,
  ...over,
});

export const quarantine = (reason: Reason, by = 'd-new', letter = 'b'): Quarantine => ({
  digest: digest(letter),
  environment: 'preprod',
  service: 'api',
  deployment: by,
  at: NOW,
  reason,
});

/** In which an alarm still counts against what was deployed before. */
export const openWindow: Window = {
  deployment: 'd-old',
  revision: revision(1, 'a'),
  digest: digest('a'),
  opensAt: NOW - 900_000,
  closesAt: NOW + 900_000,
  alarms: ['arn:alarm:errors'],
  baseline: [],
};

export const waiter = (id: string, time = NOW) => ({ id, service: 'api', time, digest: digest('b'), automatic: true });

export const lane = (over: Partial<Lane> = {}): Lane => ({
  name: 'preprod',
  environment: 'preprod',
  waiting: [],
  wakeNumber: 0,
  version: 1,
  ...over,
});

/** A deployment in that state, holding its lane, its service and the lease, as far as the state goes with them. */
export const worldOf = (state: State | 'new', over: Partial<Deployment> = {}, around: Partial<World> = {}): World => {
  if (state === 'new') return { lane: lane(), service: service(), waiters: [], ...around };
  const known = deployment(state, over);
  const active = !['queued', 'succeeded', 'rolled-back', 'failed', 'rejected', 'superseded', 'expired', 'cancelled'].includes(
    state,
  );
  return {
    deployment: known,
    lane: lane(known.kind === 'deploy' && (active || state === 'queued') ? { holder: waiter(known.id) } : {}),
    service: service(active ? { active: known.id } : {}),
    waiters: [],
    ...around,
  };
};

/** One usual input of each kind. */
export const inputs: Readonly<{ [K in InputKind]: Extract<Input, { kind: K }> }> = {
  'deploy-requested': {
    kind: 'deploy-requested',
    arrival: arrival('d-new'),
    image: { resolved: { repository: 'registry/api', digest: digest('b'), platforms: [] } },
  },
  'rollback-requested': {
    kind: 'rollback-requested',
    arrival: arrival('r-new', { asked: { reason: 'bad' } }),
    failure: { code: 'rollback-requested', message: 'bad', evidence: false },
    byPerson: true,
  },
  'cancel-requested': { kind: 'cancel-requested', cause: arrival('c').cause, reason: 'not now' },
  woken: { kind: 'woken' },
  looked: { kind: 'looked', current: { current: { revision: revision(1, 'a'), settled: true, desired: 2 } }, alarms: [] },
  'start-answered': {
    kind: 'start-answered',
    answer: { rollout: { revision: revision(2, 'b'), id: 'ecs-svc/2', startedAt: NOW }, desired: 2 },
  },
  observed: { kind: 'observed', observation: { phase: 'completed', desired: 2 } },
  checked: {
    kind: 'checked',
    alarms: [],
    health: { healthy: true, detail: '200' },
    observation: { phase: 'completed', desired: 2 },
  },
  tried: { kind: 'tried', traffic: 'test', alarms: [], health: { healthy: true, detail: '200' } },
  'restore-answered': {
    kind: 'restore-answered',
    answer: { did: 'called', rollout: { revision: revision(1, 'a'), id: 'ecs-svc/3', startedAt: NOW } },
  },
  'alarm-changed': { kind: 'alarm-changed', alarm: alarm(), previous: 'OK' },
  'task-stopped': {
    kind: 'task-stopped',
    rollout: 'ecs-svc/2',
    revision: revision(2, 'b').id,
    stopped: {
      task: 't',
      at: NOW,
      code: 'EssentialContainerExited',
      reason: 'Essential container in task exited',
      exitCode: 1,
      evidence: true,
    },
  },
  'rollout-told': { kind: 'rollout-told', rollout: 'ecs-svc/2', what: 'completed' },
  erred: { kind: 'erred', message: 'reset', ambiguous: true },
};
