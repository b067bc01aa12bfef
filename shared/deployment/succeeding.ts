import type { Decision } from './decision.ts';
import { WINDOW_LOOK } from './durations.ts';
import type { Moment } from './input.ts';
import { nothing } from './late.ts';
import type { Rollout } from './observations.ts';
import type { Known } from './rule.ts';
import { withoutWindow, withRunning, withVerified } from './services.ts';
import type { Deployment, ResolvedImage, Service, Window } from './types.ts';
import { verdict } from './verdicts.ts';
import { isLastWave, nextWave } from './waves.ts';

/** The target was asked, the checks passed, no alarm counts: the next wave, or the end. */
export const passed = (world: Known, desired: number, moment: Moment): Decision =>
  isLastWave(world.deployment) ? succeed(world, desired, moment) : nextWave(world.deployment, moment);

/** The verdict, and what it makes of the revision. */
const succeed = (world: Known, desired: number, moment: Moment): Decision => {
  const { deployment } = world;
  const { rollout, image } = deployment;
  if (rollout === undefined || image === undefined) return nothing();
  const verified = desired > 0;
  const service = afterSuccess(world.service, deployment, rollout, image, verified, moment);
  const message = verified ? 'rolled out, and every check passed' : 'rolled out; with no desired tasks nothing could be checked';
  const decision = verdict(
    world,
    deployment,
    'succeeded',
    { reason: { code: verified ? 'verified' : 'no-tasks', message }, changed: true, verified, running: rollout.revision },
    moment,
    { service, events: verified ? [{ type: 'VerificationPassed', extra: { checkAttempts: deployment.checkAttempts } }] : [] },
  );
  return verified && world.quarantine !== undefined ? { ...decision, lift: image.digest } : decision;
};

const afterSuccess = (
  service: Service,
  deployment: Deployment,
  rollout: Rollout,
  image: ResolvedImage,
  verified: boolean,
  moment: Moment,
): Service => {
  const before = deployment.before?.revision;
  const brought = { at: moment.now, deployment: deployment.id, digest: image.digest };
  const ran = withRunning(service, {
    ...brought,
    revision: rollout.revision.id,
    ...(before === undefined ? {} : { before }),
  });
  if (!verified) return withoutWindow(ran);
  return withWindow(withVerified(ran, { ...brought, revision: rollout.revision }), deployment, rollout, image, moment);
};

/** Alarms go on counting until the window closes; without alarms or time there is none. */
const withWindow = (
  service: Service,
  deployment: Deployment,
  rollout: Rollout,
  image: ResolvedImage,
  { now }: Moment,
): Service => {
  const { rollbackWindowSeconds, alarms } = deployment.settings;
  const closed = withoutWindow(service);
  if (rollbackWindowSeconds === 0 || alarms.length === 0) return closed;
  const window: Window = {
    deployment: deployment.id,
    revision: rollout.revision,
    digest: image.digest,
    opensAt: rollout.startedAt,
    closesAt: now + rollbackWindowSeconds * 1000,
    alarms,
    baseline: deployment.baseline,
  };
  return windowLooked({ ...closed, window }, now);
};

/** While a window is open its alarms are read at least every five minutes, and when it closes. */
export const windowLooked = (service: Service, now: number): Service => {
  const { window } = service;
  if (window === undefined) return service;
  return { ...service, wakeAt: Math.min(now + WINDOW_LOOK, window.closesAt), wakeNumber: service.wakeNumber + 1 };
};
