import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterAll, describe, expect, it } from 'vitest';
import { leftOut, openEndpoint, uniqueName } from './endpoint.ts';
import { openEvents } from './event-bus.ts';

const { events, newBus, newQueue, subscribe, put, close } = openEvents(await openEndpoint());

afterAll(close);

const ENTRY: PutEventsRequestEntry = { Source: 'app', DetailType: 'T', Detail: '{}' };

const putAll = (...Entries: PutEventsRequestEntry[]) => events.send(new PutEventsCommand({ Entries }));

/** One entry's size: the bytes of its texts, and 14 for its time (User Guide, "Calculating PutEvents event entry size"). */
const sizeOf = ({ Source = '', DetailType = '', Detail = '', Time }: PutEventsRequestEntry): number =>
  Buffer.byteLength(Source + DetailType + Detail) + (Time === undefined ? 0 : 14);

const ofSize = (bytes: number, more: PutEventsRequestEntry = {}): PutEventsRequestEntry => {
  const empty = { ...ENTRY, ...more, Detail: '{"x":""}' };
  return { ...empty, Detail: JSON.stringify({ x: 'x'.repeat(bytes - sizeOf(empty)) }) };
};

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html, API_PutEventsRequestEntry.html,
// API_PutEventsResultEntry.html; https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
describe.skipIf(leftOut('events'))('PutEvents (skipped where CONFORMANCE_SKIP names events)', () => {
  it('gives each event an id, in the order of the entries', async () => {
    const { FailedEntryCount, Entries = [] } = await putAll(ENTRY, ENTRY, ENTRY);
    expect(FailedEntryCount).toBe(0);
    expect(new Set(Entries.map(({ EventId }) => EventId)).size).toBe(3);
    expect(Entries[0]?.EventId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it.each<[string, PutEventsRequestEntry, string, string?]>([
    [
      'no source',
      { DetailType: 'T', Detail: '{}' },
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    ],
    [
      'no detail type',
      { Source: 'app', Detail: '{}' },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    ],
    [
      'no detail',
      { Source: 'app', DetailType: 'T' },
      'InvalidArgument',
      'Parameter Detail is not valid. Reason: Detail is a required argument.',
    ],
    ['a detail type of 129 characters', { ...ENTRY, DetailType: 'T'.repeat(129) }, 'InvalidArgument'],
    ['a detail that is no JSON', { ...ENTRY, Detail: '{' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a detail that is a text', { ...ENTRY, Detail: '"text"' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a detail that is a list', { ...ENTRY, Detail: '[]' }, 'MalformedDetail', 'Detail is malformed.'],
    ["a source of AWS's", { ...ENTRY, Source: 'aws.ecs' }, 'NotAuthorizedForSourceException'],
  ])('refuses an entry with %s, and takes the others', async (_, entry, code, message) => {
    const { FailedEntryCount, Entries = [] } = await putAll(ENTRY, entry, ENTRY);
    expect(FailedEntryCount).toBe(1);
    expect(Entries.map(({ ErrorCode }) => ErrorCode)).toEqual([undefined, code, undefined]);
    expect(Entries[1]?.EventId).toBeUndefined();
    if (message !== undefined) expect(Entries[1]?.ErrorMessage).toBe(message);
  });

  it('takes an event for a bus that is not there', async () => {
    const { FailedEntryCount, Entries = [] } = await putAll({ ...ENTRY, EventBusName: uniqueName('conformance-missing') });
    expect([FailedEntryCount, typeof Entries[0]?.EventId]).toEqual([0, 'string']);
  });

  it('takes one to ten entries', async () => {
    const entries = Array.from({ length: 11 }, () => ENTRY);
    await expect(putAll()).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(putAll(...entries)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(
        /at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10$/,
      ),
    });
    expect(await putAll(...entries.slice(1))).toMatchObject({ FailedEntryCount: 0 });
  });

  it('takes less than 1 MB in all', async () => {
    // SDK's model of PutEvents: "The total entry size must be less than 1 MB"; a time counts 14 bytes.
    const message = 'Total size of the entries in the request is over the limit.';
    const [mega, half] = [1024 * 1024, 512 * 1024];
    await expect(putAll(ofSize(mega))).rejects.toMatchObject({ name: 'ValidationException', message });
    await expect(putAll(ofSize(half), ofSize(half))).rejects.toMatchObject({ name: 'ValidationException', message });
    const timed = { Time: new Date('2026-03-01T12:00:00Z') };
    await expect(putAll(ofSize(half, timed), ofSize(half))).rejects.toMatchObject({ name: 'ValidationException', message });
    expect(await putAll(ofSize(half), ofSize(half - 1))).toMatchObject({ FailedEntryCount: 0 });
  });

  it('delivers the whole envelope, with the time and resources that were given', async () => {
    const bus = await newBus();
    const { arn, take } = await newQueue();
    await subscribe(bus, { Arn: arn });
    const Time = new Date('2026-03-01T12:00:00.700Z');
    const { EventId: id } = (await put(bus, { a: [1, { b: null }] }, { Time, Resources: ['arn:one', 'two'] })) ?? {};
    const [message] = await take(1);
    const [, , , , account] = arn.split(':');
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
    expect(JSON.parse(message?.Body ?? '')).toEqual({
      version: '0',
      id,
      'detail-type': 'T',
      source: 'app',
      account,
      time: '2026-03-01T12:00:00Z',
      region: arn.split(':')[3],
      resources: ['arn:one', 'two'],
      detail: { a: [1, { b: null }] },
    });
  });
});
