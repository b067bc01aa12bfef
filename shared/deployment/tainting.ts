import { alarmFailure, isAnothers } from './alarms.ts';
import type { Decision } from './decision.ts';
import { chooseDestination } from './going-back.ts';
import type { AlarmChanged, Moment } from './input.ts';
import { nothing } from './late.ts';
import type { AlarmReading } from './observations.ts';
import type { Known } from './rule.ts';
import { quarantineOf, revoke } from './services.ts';
import { step } from './steps.ts';
import type { Deployment, Quarantine, Service, Window } from './types.ts';

/** An alarm of the revision that is being replaced: it is no destination any more, and its digest is quarantined. */
export const heldAgainstReplaced = (
  service: Service,
  window: Window,
  alarm: AlarmReading,
  moment: Moment,
): { readonly service: Service; readonly quarantine: Quarantine } => {
  const left = { deployment: window.deployment, revision: window.revision.id, digest: window.digest };
  const blamed = { id: window.deployment, environment: service.environment, service: service.name };
  return {
    service: revoke(service, left, true),
    quarantine: quarantineOf(blamed, window.digest, alarmFailure([alarm]), moment.now),
  };
};

/** An alarm of another, while a deployment is under way: it goes on, and does not count this alarm until it has been OK. */
export const tainted = (world: Known, alarm: AlarmReading, moment: Moment): Decision => {
  const { deployment, service } = world;
  const { window } = service;
  const uncounted: Deployment = {
    ...deployment,
    baseline: deployment.baseline.includes(alarm.arn) ? deployment.baseline : [...deployment.baseline, alarm.arn],
    wakeAt: Math.max(deployment.wakeAt ?? 0, moment.now),
  };
  if (alarm.ofOther === true || window === undefined) return step(uncounted, moment);
  const held = heldAgainstReplaced(service, window, alarm, moment);
  const watching: Deployment = {
    ...uncounted,
    adopted: deployment.adopted && deployment.before?.revision.id !== window.revision.id,
    blamed: window.revision.id,
  };
  const goingBack = deployment.state === 'rolling-back' && deployment.destination?.id === window.revision.id;
  const destination = goingBack ? chooseDestination(watching, held.service, deployment.leaving ?? {}) : deployment.destination;
  const { destination: _, ...rest } = watching;
  return step(destination === undefined ? rest : { ...rest, destination }, moment, held);
};

/** An alarm changes while nothing of this deployment can be blamed: it has no task yet, or is on its way back. */
export const replacedRings = (world: Known, { alarm, previous }: AlarmChanged, moment: Moment): Decision =>
  alarm.state === 'ALARM' && isAnothers(world.deployment, world.service, alarm, previous)
    ? tainted(world, alarm, moment)
    : nothing();
