import type { Moment } from './input.ts';
import type { Current, Failure, Instant, Revision } from './observations.ts';
import type { Deployment, Leaving, Quarantine, Service, Stretch, VerifiedRevision } from './types.ts';

const KEPT = 20;

/** Whether anybody may be in the middle of a call: a holder that is dead counts until its time is over. */
export const leaseAlive = (service: Service, now: Instant): boolean => service.lease !== undefined && service.lease.until > now;

/** Whether somebody else than this invocation may be in the middle of a call. */
export const leasedByOther = (service: Service, moment: Moment): boolean =>
  leaseAlive(service, moment.now) && service.lease?.by !== moment.invocation;

export const takeLease = (service: Service, moment: Moment): Service => ({
  ...service,
  lease: { by: moment.invocation, until: moment.now + moment.leaseMilliseconds },
});

/** Ends this invocation's lease; another's stays. */
export const releaseLease = (service: Service, moment: Moment): Service => {
  if (service.lease?.by !== moment.invocation) return service;
  const { lease: _, ...rest } = service;
  return rest;
};

export const withoutActive = (service: Service): Service => {
  const { active: _, ...rest } = service;
  return rest;
};

export const withoutWindow = (service: Service): Service => {
  const { window: _, wakeAt: __, ...rest } = service;
  return rest;
};

export const withStretch = (service: Service, stretch: Stretch): Service => ({
  ...service,
  history: [...service.history, stretch].slice(-KEPT),
});

/** What ran before a revision, or before what a deployment brought; `undefined`: the store does not know. */
export const ranBefore = ({ history }: Service, { deployment, revision }: Omit<Leaving, 'digest'>): Revision | undefined =>
  history.findLast(
    (stretch) =>
      stretch.before !== undefined &&
      ((deployment !== undefined && stretch.deployment === deployment) ||
        (revision !== undefined && stretch.revision === revision)),
  )?.before;

/** It runs now. What was brought once more, over itself or by a rollback, has before it what it had the first time. */
export const withRunning = (service: Service, { before, ...ran }: Omit<Stretch, 'underWay'>): Service => {
  const known = before === undefined || before.id === ran.revision ? ranBefore(service, ran) : before;
  return withStretch(service, { ...ran, underWay: false, ...(known === undefined ? {} : { before: known }) });
};

export const withVerified = (service: Service, verified: VerifiedRevision): Service => ({
  ...service,
  verified: [...service.verified.filter(({ revision }) => revision.id !== verified.revision.id), verified].slice(-KEPT),
});

/** Takes `verified` from what is left; with evidence from every revision of its digest. Closes a window on it. */
export const revoke = (service: Service, left: Leaving, evidence: boolean): Service => {
  const isLeft = (revision: Revision, digest: string, deployment: string) =>
    revision.id === left.revision || deployment === left.deployment || (evidence && digest === left.digest);
  const verified = service.verified.filter(({ revision, digest, deployment }) => !isLeft(revision, digest, deployment));
  const { window } = service;
  const closed =
    window !== undefined && isLeft(window.revision, window.digest, window.deployment) ? withoutWindow(service) : service;
  return { ...closed, verified };
};

/** The newest verified revision that is not the one left. Quarantined digests are not among the verified ones: see `revoke`. */
export const newestVerified = (service: Service, left: Leaving): VerifiedRevision | undefined =>
  service.verified.findLast(({ revision, deployment }) => revision.id !== left.revision && deployment !== left.deployment);

/** `deployment`: whose image it is that something speaks against. */
export const quarantineOf = (
  deployment: Pick<Deployment, 'id' | 'environment' | 'service'>,
  digest: string,
  failure: Failure,
  at: Instant,
): Quarantine => ({
  digest,
  environment: deployment.environment,
  service: deployment.service,
  deployment: deployment.id,
  at,
  reason: { code: failure.code, message: failure.message },
});

/** EventBridge tells times in whole seconds: an event may be as much younger than its `time`. */
const SECOND = 1000;

/** The target has begun with it: alarms may be its own from then on. */
export const withBegun = (service: Service, deployment: string, begun: Instant): Service => ({
  ...service,
  history: service.history.map((stretch) =>
    stretch.underWay && stretch.deployment === deployment ? { begun, ...stretch } : stretch,
  ),
});

/** What a service may have been ill of at that time: what the target had begun with, else what ran; `undefined`: the store does not know. */
export const begunAt = ({ history }: Service, time: Instant): Stretch | undefined =>
  history.findLast(({ at, underWay, begun = Number.POSITIVE_INFINITY }) => (underWay ? begun : at) <= time);

/** Whether something is under way that alarms of that time may be of: the target had begun with it, or it undoes what was begun. */
export const isBusyAt = ({ active, history }: Service, time: Instant): boolean =>
  active !== undefined &&
  !history.some(
    ({ underWay, deployment, begun = Number.POSITIVE_INFINITY }) => underWay && deployment === active && begun > time,
  );

/** What was under way on the service at that time, else what ran then; `undefined`: the store does not know. */
export const leavingAt = ({ history }: Service, time: Instant): Leaving | undefined => {
  const stretch = history.findLast(({ at }) => at <= time + SECOND - 1);
  if (stretch === undefined) return undefined;
  const { deployment, digest, revision } = stretch;
  return {
    ...(deployment === undefined ? {} : { deployment }),
    ...(digest === undefined ? {} : { digest }),
    ...(revision === undefined ? {} : { revision }),
  };
};

/** What ran before what is left. */
export const beforeLeft = (service: Service, left: Leaving): Current | undefined => {
  const before = ranBefore(service, left);
  return before === undefined ? undefined : { revision: before, settled: true, desired: 1 };
};
