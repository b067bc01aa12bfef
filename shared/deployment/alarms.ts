import type { AlarmReading, Failure } from './observations.ts';
import type { Deployment, Service } from './types.ts';

/** Alarms that fire, without those that fired before the start and have not been OK since. */
export const countedAlarms = (deployment: Deployment, readings: readonly AlarmReading[]): readonly AlarmReading[] =>
  readings.filter(({ arn, state }) => state === 'ALARM' && !deployment.baseline.includes(arn));

/** The baseline after a reading: an alarm that is OK now counts from now on. */
export const watched = (deployment: Deployment, readings: readonly AlarmReading[]): Deployment => {
  const ok = new Set(readings.filter(({ state }) => state === 'OK').map(({ arn }) => arn));
  if (!deployment.baseline.some((arn) => ok.has(arn))) return deployment;
  return { ...deployment, baseline: deployment.baseline.filter((arn) => !ok.has(arn)) };
};

/**
 * Fired before the first task of this deployment, in the window of what it replaces: that revision's alarm, not ours. One that the window
 * does not count, as it fired before, has to have been OK; `previous`: absent where the alarm was read.
 */
export const isOfReplaced = (
  deployment: Deployment,
  service: Service,
  alarm: AlarmReading,
  previous?: AlarmReading['state'],
): boolean => {
  const { window } = service;
  if (alarm.ofOther === true) return false;
  if (window === undefined || window.deployment === deployment.id || !window.alarms.includes(alarm.arn)) return false;
  if (window.baseline.includes(alarm.arn) && previous !== 'OK') return false;
  const first = deployment.rollout?.startedAt;
  return alarm.at >= window.opensAt && alarm.at <= window.closesAt && (first === undefined || alarm.at < first);
};

/** Fires for another service that has it too, or for what is replaced: it does not speak against this deployment. */
export const isAnothers = (...[deployment, service, alarm, previous]: Parameters<typeof isOfReplaced>): boolean =>
  alarm.ofOther === true || isOfReplaced(deployment, service, alarm, previous);

export const alarmFailure = (alarms: readonly AlarmReading[]): Failure => ({
  code: 'alarm',
  message: alarms.map(({ name, reason }) => `alarm ${name} is firing${reason === '' ? '' : `: ${reason}`}`).join('; '),
  evidence: true,
});

export const alarmNames = (alarms: readonly AlarmReading[]): string => alarms.map(({ name }) => name).join(', ');
