import type { World } from '../../../../shared/deployment/decision.ts';
import type { Input, Moment } from '../../../../shared/deployment/input.ts';
import type { Observation, Revision } from '../../../../shared/deployment/observations.ts';
import type { Service } from '../../../../shared/deployment/types.ts';
import { arrival, digest, inputs, NOTHING_DONE, NOW, revision, service, settings, waiter } from '../builders.ts';

/**
 * What decisions as wholes are made of. They are worked by hand from sections 5 to 7 of the design: every member that changes, every event
 * with what it tells, every wake. `builders.ts` says what was there before.
 */
export const LEASE = { by: 'me', until: NOW + 120_000 };
export const ONE = revision(1, 'a');
export const TWO = revision(2, 'b');
export const IMAGE = { repository: 'registry/api', digest: digest('b'), platforms: [] };
export const LEFT = { deployment: 'd-new', digest: digest('b'), revision: TWO.id };

/** 600 s to roll out, 10 s to bake, and three checks of 20 s with pauses of 1 and 2 s. */
export const DEPLOY_TIME = 673_000;
/** 600 s to roll back, and five checks of 20 s with pauses of 1, 2, 4 and 8 s. */
export const ROLLBACK_TIME = 715_000;

export const NO_BAKE = { settings: { ...settings, bakeSeconds: 0 } };

export const observed = (observation: Observation): Input => ({ kind: 'observed', observation });
export const checked = (over: Partial<Extract<Input, { kind: 'checked' }>> = {}): Input => ({
  kind: 'checked',
  alarms: [],
  ...over,
});
export const looked = (over: Partial<Extract<Input, { kind: 'looked' }>> = {}): Input => ({ ...inputs.looked, ...over });
export const COMPLETED = { phase: 'completed', desired: 2 } as const;
export const WELL = { healthy: true, detail: '200' };
export const ILL = { healthy: false, detail: 'http://api/health answered 500' };

/** What a target runs with its two tasks. */
export const settled = (running: Revision) => ({ revision: running, settled: true, desired: 2 });

/** A verified revision, as a service lists it. */
export const entry = (number: number, letter: string, by: string) => ({
  revision: revision(number, letter),
  digest: digest(letter),
  deployment: by,
  at: NOW,
});

/** What a service remembers of a revision that came to run, and of what ran before it. */
export const ran = (number: number, letter: string, by: string, before?: Revision) => ({
  at: NOW - 5000,
  deployment: by,
  digest: digest(letter),
  revision: revision(number, letter).id,
  underWay: false,
  ...(before === undefined ? {} : { before }),
});

/** The deployment's service, which is its own while it is active. */
export const serving = (over: Partial<Service> = {}): Partial<World> => ({ service: service({ active: 'd-new', ...over }) });
export const leased = (over: Partial<Service> = {}): Partial<World> => serving({ lease: LEASE, ...over });
/** Another function is in the middle of a call. */
export const byOther = serving({ lease: { by: 'other', until: NOW + 7000 } });

/** In a lane's line. */
export const line = (id: string, over: object = {}) => ({ ...waiter(id), ...over });

/** A deployment as it is when its request was just taken. */
export const fresh = (id: string, over: object = {}) => ({
  ...arrival(id),
  id,
  kind: 'deploy',
  acceptedAt: NOW,
  waitUntil: NOW + 3_600_000,
  ...NOTHING_DONE,
  version: 0,
  image: IMAGE,
  ...over,
});

/** What a service remembers of a deployment that has just begun. */
export const stretch = { at: NOW, deployment: 'd-new', digest: digest('b'), underWay: true };

/** What going back changes in a deployment that had a rollout; `over` is what differs. */
export const goingBack = (failure: object, over: object = {}) => ({
  state: 'rolling-back',
  failure,
  leaving: LEFT,
  destination: ONE,
  deadline: NOW + ROLLBACK_TIME,
  wakeNumber: 2,
  ...over,
});

export const wake = (name: Moment['function'], id: string, number?: number, delaySeconds = 0) => ({
  function: name,
  service: 'api',
  deployment: id,
  ...(number === undefined ? {} : { number }),
  delaySeconds,
});

/** What a verdict's event tells of a deployment that was accepted a second ago; of one that changed something, what ran before too. */
export const verdictOf = (over: Readonly<Record<string, unknown>>) => ({
  ...(over['changed'] === true ? { before: ONE } : {}),
  terminal: true,
  changed: false,
  verified: false,
  notWatched: [],
  checkAttempts: 0,
  durationSeconds: 1,
  ...over,
});
