import type { AuditRecord } from '../../shared/store/reader.ts';
import { fileOf, type Place, placesFor, placesIn, readSource } from '../catalogue.ts';
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
      'The events of the deployments that ran or are under way, in order, as their steps were recorded. With --follow: those from now on, until Ctrl-C.',
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
    const idsNow = await idsFor(parsed, io, table);
    const told = new Set<string>();
    const follow = parsed.is('follow');
    const since = follow ? io.now() : 0;
    try {
      for (;;) {
        for (const record of await newRecords(table, await idsNow(), since)) {
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

/** Which deployments are looked at: read anew each time, since new ones come. */
const idsFor = async (parsed: Parsed, io: Io, table: Table): Promise<() => Promise<readonly string[]>> => {
  const one = parsed.text('deployment');
  if (one !== undefined) return async () => [one];
  const all = placesIn(await readSource(fileOf(parsed.text('catalogue'), io), io));
  const places = placesFor(all, parsed.text('environment'), parsed.text('service'));
  return () => deploymentsOf(table, places);
};

const deploymentsOf = async (table: Table, places: readonly Place[]): Promise<readonly string[]> => {
  const [services, lanes] = await Promise.all([
    table.services(places),
    table.lanes([...new Set(places.map(({ lane }) => lane))]),
  ]);
  const names = new Set(places.map(({ name }) => name));
  return [
    ...new Set([
      ...services.flatMap(({ history, active, waiting }) => [
        ...history.flatMap(({ deployment }) => (deployment === undefined ? [] : [deployment])),
        ...(active === undefined ? [] : [active]),
        ...waiting,
      ]),
      ...lanes.flatMap(({ waiting }) => waiting.filter(({ service }) => names.has(service)).map(({ id }) => id)),
    ]),
  ];
};

/** With `since`, deployments that ended before it are not read again. */
const newRecords = async (table: Table, ids: readonly string[], since: number): Promise<readonly AuditRecord[]> => {
  const current =
    since === 0
      ? ids
      : (await table.deployments(ids)).filter(({ outcome }) => (outcome?.at ?? since) >= since).map(({ id }) => id);
  const known = await Promise.all(current.map((id) => table.known(id)));
  return known
    .flatMap(({ audit }) => audit)
    .filter(({ events: told, at }) => told.length > 0 && at >= since)
    .toSorted((a, b) => a.at - b.at);
};
