import { isSame, type Place, placeIn } from '../../place.ts';
import type { Action } from '../../service.ts';
import { uuid } from '../../wire/uuid.ts';
import { route } from '../delivery.ts';
import { invalid, onlyKnown } from '../known.ts';
import type { Event, EventsStore } from '../model.ts';
import { busNameIn } from '../targets.ts';
import { eventTime } from '../time.ts';

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  /** Seconds since the epoch. */
  readonly Time?: number;
  readonly TraceHeader?: string;
}

const MOST_ENTRIES = 10;
/** "The total size of all entries must be less than 1 MB" (API reference, PutEvents); Time counts 14 bytes. */
const MOST_BYTES = 1024 * 1024;

const sizeOf = ({ Source = '', DetailType = '', Detail = '', Resources = [], Time }: Entry): number =>
  [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : 14);

const refusal = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });

/** Why an entry is not taken; the others are all the same. */
const problemOf = ({ Source, DetailType, Detail, EventBusName = '' }: Entry, place: Place) => {
  if (!Source) return refusal('InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.');
  if (!DetailType)
    return refusal('InvalidArgument', 'Parameter DetailType is not valid. Reason: DetailType is a required argument.');
  if (DetailType.length > 128)
    return refusal(
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType must have length less than or equal to 128',
    );
  if (!Detail) return refusal('InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.');
  if (Source.startsWith('aws.')) return refusal('NotAuthorizedForSourceException', 'Not authorized for the source.');
  if (placeIn(EventBusName, place).region !== place.region)
    return refusal('InvalidArgument', 'Parameter EventBusName is not valid. Reason: EventBusName is of another region.');
  return isObject(Detail) ? undefined : refusal('MalformedDetail', 'Detail is malformed.');
};

const isObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** The bus's own EventBridge: of another account, but not of another region. */
const storeOf = (store: EventsStore, bus: string): EventsStore | undefined => {
  const place = placeIn(bus, store.place);
  return isSame(place, store.place) ? store : store.elsewhere(place);
};

const put = (store: EventsStore, entry: Entry) => {
  const { EventBusName: bus = 'default' } = entry;
  const problem = problemOf(entry, store.place);
  if (problem !== undefined) return problem;
  const event: Event = {
    version: '0',
    id: uuid(store.random),
    'detail-type': entry.DetailType ?? '',
    source: entry.Source ?? '',
    account: store.place.account,
    time: eventTime(entry.Time === undefined ? store.clock.now() : entry.Time * 1000),
    region: store.place.region,
    resources: entry.Resources ?? [],
    detail: JSON.parse(entry.Detail ?? '{}'),
  };
  const owner = storeOf(store, bus);
  if (owner !== undefined) route(owner, busNameIn(bus), event);
  return { EventId: event.id };
};

/** An event for a bus that does not exist is taken and goes nowhere, as on AWS. */
export const putEvents: Action<EventsStore> = (store, input) => {
  onlyKnown(input, ['Entries'], 'PutEvents');
  const entries = (input['Entries'] ?? []) as readonly Entry[];
  if (entries.length === 0 || entries.length > MOST_ENTRIES) {
    throw invalid(
      `1 validation error detected: Value '[PutEventsRequestEntry]' at 'entries' failed to satisfy constraint: Member must have length ${entries.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${MOST_ENTRIES}`}`,
    );
  }
  for (const entry of entries)
    onlyKnown(
      entry as Readonly<Record<string, unknown>>,
      ['Source', 'DetailType', 'Detail', 'EventBusName', 'Resources', 'Time', 'TraceHeader'],
      'an entry of PutEvents',
    );
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) >= MOST_BYTES)
    throw invalid('Total size of the entries in the request is over the limit.');
  const answers = entries.map((entry) => put(store, entry));
  return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
};
