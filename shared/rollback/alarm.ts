import type { AlarmReading } from '../deployment/observations.ts';
import { isBusyAt } from '../deployment/services.ts';
import type { Service } from '../deployment/types.ts';
import { windowHeard } from '../deployment/windows.ts';
import type { CloudWatchAlarmStateChange } from '../events/generated/types.ts';
import type { Message, Place } from '../messages.ts';
import type { Runtime } from '../runtime.ts';
import { type Crew, runStep } from '../step.ts';
import { answer, ownOf } from './window.ts';

type EventMessage = Extract<Message, { event: unknown }>;
interface Concerned {
  readonly place: Place;
  readonly service: Service;
}

/**
 * An alarm that several services share concerns those of them that the target had begun to deploy when it fired, else only the one whose
 * window was opened last.
 */
export const alarmHeard = async (
  runtime: Runtime,
  crew: Crew,
  { event, places }: EventMessage,
  message: string,
): Promise<void> => {
  const { alarm, previous } = readingOf(event);
  const concerned = await Promise.all(
    places.map(
      async (place): Promise<Concerned> => ({ place, service: await crew.store.service(place.environment, place.service) }),
    ),
  );
  const underWay = concerned.filter(({ service }) => isUnderWay(service, alarm));
  for (const { place, service } of underWay) {
    const input = { kind: 'alarm-changed', alarm, previous } as const;
    await runStep(crew, { subject: { ...place, deployment: service.active ?? '' }, input, need: { waiters: false }, message });
  }
  const latest = underWay.length > 0 ? undefined : latestWindow(concerned);
  if (latest === undefined) {
    crew.log.info(underWay.length > 0 ? 'told to what is under way' : 'nothing to do: no window is open', { alarm: alarm.name });
    return;
  }
  const occasion = { eventId: event.id, type: event['detail-type'], message, previous };
  // It may come twice, or late: whose it was when it fired is not who is there now.
  if ((await ownOf(crew, latest.service, [alarm])).length === 0) {
    crew.log.info('nothing to do: the alarm fired for another service that has it too', { alarm: alarm.name });
    return;
  }
  await answer(runtime, crew, latest.place, latest.service, windowHeard(latest.service, alarm, previous), occasion);
};

/** That it is over, everybody who is under way may hear. */
const isUnderWay = (service: Service, { state, at }: AlarmReading): boolean =>
  state === 'ALARM' ? isBusyAt(service, at) : service.active !== undefined;

const latestWindow = (concerned: readonly Concerned[]): Concerned | undefined =>
  concerned
    .filter(({ service }) => service.window !== undefined)
    .toSorted((a, b) => (a.service.window?.opensAt ?? 0) - (b.service.window?.opensAt ?? 0))
    .at(-1);

/** The alarm as its event tells it. CloudWatch writes `+0000`, which ECMAScript's date format does not have. */
const readingOf = (event: EventMessage['event']): { alarm: AlarmReading; previous: AlarmReading['state'] } => {
  const detail = event.detail as unknown as CloudWatchAlarmStateChange;
  const at = Date.parse(detail.state.timestamp.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return {
    alarm: {
      arn: event.resources[0] ?? '',
      name: detail.alarmName,
      state: detail.state.value,
      at,
      reason: detail.state.reason ?? '',
    },
    previous: detail.previousState?.value ?? 'INSUFFICIENT_DATA',
  };
};
