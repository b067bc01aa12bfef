import type { AlarmReading, Instant } from './observations.ts';
import { begunAt, isBusyAt, withoutWindow } from './services.ts';
import { windowLooked } from './succeeding.ts';
import type { Service } from './types.ts';

/** What the alarms of an open window ask for. */
export interface WindowDecision {
  /** The service as it is now; absent: unchanged. */
  readonly service?: Service;
  /** The alarm that asks for a rollback of what the window belongs to. */
  readonly ringing?: AlarmReading;
}

const rings = (service: Service, alarm: AlarmReading): boolean => {
  const { window } = service;
  return (
    window !== undefined &&
    alarm.state === 'ALARM' &&
    window.alarms.includes(alarm.arn) &&
    !window.baseline.includes(alarm.arn) &&
    alarm.at >= window.opensAt &&
    alarm.at <= window.closesAt
  );
};

/** An alarm that fired before and is OK now, or went from OK to firing just now, counts from now on. */
const withWatched = (service: Service, readings: readonly AlarmReading[], wasOk: boolean): Service => {
  const { window } = service;
  if (window === undefined) return service;
  const over = new Set(readings.filter(({ state }) => wasOk || state === 'OK').map(({ arn }) => arn));
  const baseline = window.baseline.filter((arn) => !over.has(arn));
  return baseline.length === window.baseline.length ? service : { ...service, window: { ...window, baseline } };
};

/** An alarm has changed its state while the window was open. */
export const windowHeard = (service: Service, alarm: AlarmReading, previous: AlarmReading['state']): WindowDecision => {
  if (service.window === undefined) return {};
  const watching = withWatched(service, [alarm], previous === 'OK');
  return {
    ...(watching === service ? {} : { service: watching }),
    ...(rings(watching, alarm) ? { ringing: alarm } : {}),
  };
};

/** The alarms were read, as they are at least every five minutes and when the window closes. */
export const windowRead = (service: Service, readings: readonly AlarmReading[], now: Instant): WindowDecision => {
  const { window } = service;
  if (window === undefined) return {};
  const watching = withWatched(service, readings, false);
  const ringing = readings.find((alarm) => rings(watching, alarm));
  if (ringing !== undefined) return { service: windowLooked(watching, now), ringing };
  return { service: now >= window.closesAt ? withoutWindow(watching) : windowLooked(watching, now) };
};

/**
 * Whether an alarm that two services share is the other's: its target had begun with it when it rang, and not this one's, or it was deployed
 * later, and has its window open still, or was left since. `window`: how long the other's alarms count after a success, in milliseconds.
 */
export const isOfOther = (service: Service, other: Service, alarm: AlarmReading, window: number): boolean => {
  const [own, theirs] = [begunAt(service, alarm.at), begunAt(other, alarm.at)];
  if (own === undefined || own.underWay || theirs?.deployment === undefined) return false;
  const { deployment } = theirs;
  if (theirs.underWay) return isBusyAt(other, alarm.at) || other.history.some(({ at }) => at > alarm.at);
  const isOpen = other.window?.deployment === deployment;
  const wasLeft = !other.verified.some((verified) => verified.deployment === deployment);
  return theirs.at > own.at && alarm.at <= theirs.at + window && (isOpen || wasLeft);
};
