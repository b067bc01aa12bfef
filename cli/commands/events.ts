import type { Reason } from '../../shared/deployment/observations.ts';
import type { OutboxEntry } from '../../shared/store/commit.ts';
import type { AuditRecord, PastRequest } from '../../shared/store/reader.ts';
import { fileOf, placesFor, placesIn, readSource } from '../catalogue.ts';
import type { Command, Parsed } from '../command.ts';
import { connect } from '../connection.ts';
import { InterruptedError, type Io } from '../io.ts';
import { painted, stepLine } from '../lines.ts';
import { type Table, tableOf } from '../table.ts';

const POLL_MILLISECONDS = 1000;

export const events: Command = {
  spec: {
    name: 'events',
    summary: 'what happened, and with --follow what happens',
    description:
      'The events of the newest 20 requests for each service, in order, as their steps were recorded. With --follow: those from now on, until Ctrl-C.',
    arguments: [],
    options: {
      environment: { type: 'string', value: '<name>', description: 'this environment only', completes: 'environments' },
      service: { type: 'string', value: '<name>', description: 'this service only', completes: 'services' },
      deployment: { type: 'string', value: '<id>', description: 'this deployment only' },
      follow: { type: 'boolean', description: 'from now on, until Ctrl-C' },
      catalogue: {
        type: 'string',
        value: '<file>',
        description: 'whose services are followed; switchyard.yml unless told otherwise',
        completes: 'files',
      },
    },
    examples: [
      ['switchyard events --follow', 'everything that happens from now on'],
      ['switchyard events --environment prod --json | jq .', 'for a program'],
    ],
    connects: true,
  },
  async run(parsed, io) {
    const table = tableOf(connect(parsed, io));
    const requestsNow = await requestsFor(parsed, io, table);
    const told = new Set<string>();
    const follow = parsed.is('follow');
    const since = follow ? io.now() : 0;
    try {
      for (;;) {
        for (const record of await newRecords(table, await requestsNow(), since)) {
          const key = `${record.deployment} ${record.at} ${record.from} ${record.to} ${record.events.join()}`;
          if (told.has(key)) continue;
          told.add(key);
          io.out(
            parsed.is('json')
              ? JSON.stringify(record)
              : `${painted(record.deployment, 'grey', io.colours)}  ${stepLine(record, io.colours)}`,
          );
        }
        if (!follow) return 'succeeded';
        await io.sleep(POLL_MILLISECONDS);
      }
    } catch (error) {
      if (error instanceof InterruptedError) return 'interrupted';
      throw error;
    }
  },
};

/** Newest requests of a service that are looked at. */
const NEWEST = 20;

/** Which requests are looked at: read anew each time, since new ones come. */
const requestsFor = async (parsed: Parsed, io: Io, table: Table): Promise<() => Promise<readonly PastRequest[]>> => {
  const one = parsed.text('deployment');
  if (one !== undefined) return async () => [await table.known(one)];
  const all = placesIn(await readSource(fileOf(parsed.text('catalogue'), io), io));
  const places = placesFor(all, parsed.text('environment'), parsed.text('service'));
  return async () => (await Promise.all(places.map((place) => table.history(place, NEWEST)))).flat();
};

/** From `since` on; deployments that ended before it are not read again. */
const newRecords = async (table: Table, requests: readonly PastRequest[], since: number): Promise<readonly AuditRecord[]> => {
  const known = await Promise.all(
    requests.map(async ({ deployment, rejection }) => {
      if (deployment === undefined) return rejection === undefined ? [] : [refused(rejection)];
      const ended = deployment.outcome?.at ?? since;
      return ended < since ? [] : (await table.known(deployment.id)).audit;
    }),
  );
  return known
    .flat()
    .filter(({ events: told, at }) => told.length > 0 && at >= since)
    .toSorted((a, b) => a.at - b.at);
};

/** A request that was never accepted has no record but its answer. */
const refused = ({ deployment, type, detail }: OutboxEntry): AuditRecord => ({
  deployment,
  at: Date.parse(String(detail['at'])),
  by: 'route',
  input: 'request',
  from: 'requested',
  to: 'rejected',
  events: [type],
  reason: detail['reason'] as Reason,
});
