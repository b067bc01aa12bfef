import type { Catalogue } from './catalogue/catalogue.ts';
import { servicesWithAlarm } from './catalogue/lookup.ts';
import type { AlarmReading } from './deployment/observations.ts';
import type { Service } from './deployment/types.ts';
import { isOfOther } from './deployment/windows.ts';
import type { Store } from './store/store.ts';

type Readings = readonly AlarmReading[];

/** Tells of alarms that fire whether they do so for another service, with which this one shares them. */
export type Whose = (service: Service, readings: Readings) => Promise<Readings>;

/** Only where an alarm fires that is shared is anything asked. */
export const createWhose = (catalogue: Catalogue, store: Pick<Store, 'service'>): Whose => {
  const isTheirs = async (service: Service, alarm: AlarmReading): Promise<boolean> => {
    const sharing = servicesWithAlarm(catalogue, alarm.arn).filter(
      ({ environment, name }) => environment !== service.environment || name !== service.name,
    );
    for (const { environment, name, settings } of alarm.state === 'ALARM' ? sharing : []) {
      const other = await store.service(environment, name);
      if (isOfOther(service, other, alarm, settings.rollbackWindowSeconds * 1000)) return true;
    }
    return false;
  };
  return (service, readings) =>
    Promise.all(readings.map(async (alarm) => ((await isTheirs(service, alarm)) ? { ...alarm, ofOther: true } : alarm)));
};
