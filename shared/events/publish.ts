import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { SOURCE } from './sources.ts';

/** What is published: a type and its detail. */
export interface Publishable {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** PutEvents takes 1 to 10 entries, together under 1 MB (API reference, PutEvents). */
const MOST_ENTRIES = 10;
const MOST_BYTES = 900_000;

const chunks = <T extends Publishable>(entries: readonly T[]): T[][] => {
  const parts: T[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entry.detail)) + entry.type.length + 256;
    const last = parts.at(-1);
    if (last === undefined || last.length === MOST_ENTRIES || bytes + size > MOST_BYTES) {
      parts.push([entry]);
      bytes = size;
    } else {
      last.push(entry);
      bytes += size;
    }
  }
  return parts;
};

const toEntry = (bus: string, source: string, { type, detail }: Publishable): PutEventsRequestEntry => ({
  EventBusName: bus,
  Source: source,
  DetailType: type,
  Detail: JSON.stringify(detail),
});

/**
 * Puts events on the bus, in order, and tells which it took. PutEvents answers 200 with failures per entry, which the SDK
 * does not retry; from the first that was not taken on, nothing is counted as sent, so that the order is kept.
 */
export const publishOutcomes = async <T extends Publishable>(
  client: EventBridgeClient,
  bus: string,
  entries: readonly T[],
  source = SOURCE,
): Promise<readonly T[]> => {
  const taken: T[] = [];
  for (const chunk of chunks(entries)) {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({ Entries: chunk.map((entry) => toEntry(bus, source, entry)) }),
    );
    const failed = chunk.findIndex((_, index) => Entries[index]?.EventId === undefined);
    taken.push(...chunk.slice(0, failed === -1 ? chunk.length : failed));
    if (failed !== -1) break;
  }
  return taken;
};
