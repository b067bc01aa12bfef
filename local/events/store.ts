import { AwsError } from '../errors.ts';
import { arnAt, isSame, type Place, placeIn } from '../place.ts';
import type { ServiceEvent } from '../ports.ts';
import { uuid } from '../wire/uuid.ts';
import { route } from './delivery.ts';
import type { Bus, Event, EventsOptions, EventsStore, Rule } from './model.ts';
import { busNameIn } from './targets.ts';
import { eventTime } from './time.ts';

export const newBus = (place: Place, name: string, at: number, description?: string): Bus => ({
  name,
  arn: arnAt(place, 'events', `event-bus/${name}`),
  ...(description === undefined ? {} : { description }),
  createdAt: at,
  changedAt: at,
  rules: new Map(),
});

export type { EventsStore } from './model.ts';

export const createEventsStore = (options: EventsOptions): EventsStore => {
  const store: EventsStore = {
    ...options,
    buses: new Map([['default', newBus(options.place, 'default', options.clock.now())]]),
    tags: new Map(),
    pending: new Set(),
    publish: (event) => publishServiceEvent(store, event),
  };
  return store;
};

const publishServiceEvent = (store: EventsStore, { source, detailType, resources, detail }: ServiceEvent): void => {
  const event: Event = {
    version: '0',
    id: uuid(store.random),
    'detail-type': detailType,
    source,
    account: store.place.account,
    time: eventTime(store.clock.now()),
    region: store.place.region,
    resources,
    detail,
  };
  route(store, 'default', event);
};

/** By name, or ARN of this place; without a name the default bus. */
export const busOf = (store: EventsStore, nameOrArn: unknown): Bus => {
  const text = typeof nameOrArn === 'string' && nameOrArn !== '' ? nameOrArn : 'default';
  const name = busNameIn(text);
  const found = isSame(placeIn(text, store.place), store.place) ? store.buses.get(name) : undefined;
  if (found === undefined) throw notFound(`Event bus ${name} does not exist.`);
  return found;
};

export const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message);

export const ruleOf = (store: EventsStore, bus: unknown, name: unknown): Rule => {
  const { rules, name: busName } = busOf(store, bus);
  const found = rules.get(String(name ?? ''));
  if (found === undefined) throw notFound(`Rule ${String(name)} does not exist on EventBus ${busName}.`);
  return found;
};
