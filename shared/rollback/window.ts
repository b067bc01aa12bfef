import { findService } from '../catalogue/lookup.ts';
import { type Clients, reaching } from '../crew.ts';
import type { Wake, World } from '../deployment/decision.ts';
import type { AlarmReading } from '../deployment/observations.ts';
import { withoutWindow } from '../deployment/services.ts';
import type { Service } from '../deployment/types.ts';
import { type WindowDecision, windowRead } from '../deployment/windows.ts';
import { deploymentId, fingerprint } from '../events/identity.ts';
import type { Place } from '../messages.ts';
import type { Runtime } from '../runtime.ts';
import { alarmsOf } from '../sites/alarms.ts';
import { type Crew, runStep } from '../step.ts';

/** The alarms of an open window are read, and the window is closed when its time is over. */
export const windowDue = async (runtime: Runtime, clients: Clients, crew: Crew, wake: Wake, message: string): Promise<void> => {
  const { environment, service: name } = wake;
  const service = await crew.store.service(environment, name);
  const { window } = service;
  if (window === undefined || (wake.number !== undefined && wake.number !== service.wakeNumber)) {
    crew.log.info('nothing to do: no window is open, or somebody has looked since', { environment, service: name });
    return;
  }
  const known = findService(runtime.catalogue, environment, name);
  if ('unknown' in known) {
    crew.log.warn('closes the window of a service that the catalogue does not know any more', { environment, service: name });
    return save(crew, service, withoutWindow(service), message);
  }
  const { alarms, deployment } = window;
  const readings = await alarmsOf({ alarms, sites: known.settings.sites }, reaching(clients), deployment);
  const decision = windowRead(service, await ownOf(crew, service, readings), crew.now());
  await answer(runtime, crew, { environment, service: name, lane: known.lane }, service, decision, {
    eventId: wakeId(service),
    type: 'alarm-read',
    message,
  });
};

/** Without those that fire for another service, with which they are shared. */
export const ownOf = async (crew: Crew, service: Service, readings: readonly AlarmReading[]): Promise<readonly AlarmReading[]> =>
  (await crew.whose(service, readings)).filter(({ ofOther }) => ofOther !== true);

const wakeId = ({ environment, name, wakeNumber }: Service): string => `${environment}/${name}#${wakeNumber}`;

interface Occasion {
  readonly eventId: string;
  readonly type: string;
  readonly message: string;
  /** What the alarm was before, if anybody told. */
  readonly previous?: AlarmReading['state'];
}

/** Saves what the window has learned, and goes back if an alarm asks for it. */
export const answer = async (
  runtime: Runtime,
  crew: Crew,
  place: Place,
  service: Service,
  { service: changed, ringing }: WindowDecision,
  occasion: Occasion,
): Promise<void> => {
  const { environment, service: name } = place;
  if (ringing === undefined && changed === undefined)
    return crew.log.info('nothing to do: the alarm does not ask to go back', { environment, service: name });
  if (ringing !== undefined) await goBack(runtime, crew, place, service, ringing, occasion);
  if (changed !== undefined && ringing === undefined) await save(crew, service, changed, occasion.message);
};

/** No lane is concerned, and none is written. */
const save = async (crew: Crew, service: Service, changed: Service, message: string): Promise<void> => {
  const { environment, name } = service;
  const world: World = {
    service,
    lane: { name: '', environment, waiting: [], wakeNumber: 0, version: 0 },
    waiters: [],
  };
  const moment = {
    now: crew.now(),
    function: crew.function,
    invocation: crew.invocation,
    leaseMilliseconds: crew.leaseMilliseconds,
  };
  const decision = { service: changed, others: [], events: [], wakes: [] };
  const result = await crew.store.commit(world, decision, [], { moment, input: 'woken', message });
  crew.log.info('saved what the window has learned', { environment, service: name, result });
};

/**
 * One window has one rollback, whatever rings and however often: its id comes from the deployment that the window belongs
 * to. While a deployment of the service is under way the alarm is told to that one, which knows whose it is.
 */
const goBack = async (
  runtime: Runtime,
  crew: Crew,
  place: Place,
  service: Service,
  alarm: AlarmReading,
  occasion: Occasion,
): Promise<void> => {
  const { window, active } = service;
  const known = findService(runtime.catalogue, place.environment, place.service);
  if (window === undefined || 'unknown' in known) return;
  if (active !== undefined) {
    const input = { kind: 'alarm-changed', alarm, previous: occasion.previous ?? 'INSUFFICIENT_DATA' } as const;
    return runStep(crew, {
      subject: { ...place, deployment: active },
      input,
      need: { waiters: false },
      message: occasion.message,
    });
  }
  const { account } = runtime.settings;
  const cause = { type: occasion.type, eventId: occasion.eventId, account, source: 'aws.cloudwatch', time: alarm.at };
  const asked = { reason: `alarm ${alarm.name} is firing: ${alarm.reason}` };
  const { environment, name, lane, settings } = known;
  const id = deploymentId({
    account,
    source: 'aws.cloudwatch',
    requestId: `window of ${window.deployment}`,
    environment,
    service: name,
    kind: 'rollback',
  });
  await runStep(crew, {
    subject: { ...place, deployment: id },
    input: {
      kind: 'rollback-requested',
      arrival: { id, environment, service: name, lane, cause, asked, fingerprint: fingerprint(asked), settings },
      from: { deployment: window.deployment, digest: window.digest, revision: window.revision.id },
      failure: { code: 'alarm', message: asked.reason, evidence: true },
      byPerson: false,
    },
    need: { waiters: false },
    message: occasion.message,
  });
};
