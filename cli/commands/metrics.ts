import type { Ended, Period, Summary } from '../../shared/metrics/summary.ts';
import type { PastRequest } from '../../shared/store/reader.ts';
import { fileOf, type Place, placesFor, placesIn, readSource } from '../catalogue.ts';
import { type Command, type Parsed, PLACE } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { columns, spanText } from '../lines.ts';
import { type Table, tableOf } from '../table.ts';

const DAYS = 30;
const DAY = 86_400_000;
/** Of one service; what is older than these is not looked at. */
const MOST = 1000;

export const metrics: Command = {
  spec: {
    name: 'metrics',
    summary: 'how often, how fast and how well: counted from the record of each deployment',
    description:
      'Deployment frequency, lead time for changes (from the request to the success), change failure rate and time to restore; success rate, durations, waits, rollbacks and retries, for each service. What ended within the period counts, by the same definitions as docs/metrics.md; times are medians.',
    arguments: [],
    options: {
      environment: { ...PLACE.environment, required: false },
      service: { ...PLACE.service, required: false },
      since: { type: 'string', value: '<time>', description: `ISO 8601; ${DAYS} days before the end unless told otherwise` },
      until: { type: 'string', value: '<time>', description: 'ISO 8601; now unless told otherwise' },
      catalogue: { type: 'string', value: '<file>', description: 'switchyard.yml unless told otherwise', completes: 'files' },
    },
    examples: [['switchyard metrics --environment prod --since 2026-03-01', 'how prod has done since March']],
    connects: true,
  },
  async run(parsed, io) {
    const period = periodOf(parsed, io);
    const all = placesIn(await readSource(fileOf(parsed.text('catalogue'), io), io));
    const places = placesFor(all, parsed.text('environment'), parsed.text('service'));
    const table = tableOf(connect(parsed, io));
    const { summaryOf } = await import('../../shared/metrics/summary.ts');
    const counted: Counted[] = [];
    for (const { environment, name } of places) {
      const ended = await endedAt(table, { environment, name, lane: '' }, period, io);
      counted.push({ environment, service: name, ...summaryOf(ended, period) });
    }
    if (parsed.is('json'))
      io.out(JSON.stringify({ from: isoText(period.from), until: isoText(period.until), services: counted }));
    else for (const line of columns([HEAD, ...counted.map(row)])) io.out(line);
    return 'succeeded';
  },
};

type Counted = { readonly environment: string; readonly service: string } & Summary;

const isoText = (at: number): string => new Date(at).toISOString();

const timeGiven = (parsed: Parsed, option: 'since' | 'until', otherwise: number): number => {
  const given = parsed.text(option);
  const time = given === undefined ? otherwise : Date.parse(given);
  if (Number.isNaN(time))
    throw new CliError('usage', `--${option} takes a time such as 2026-03-01 or 2026-03-01T12:00:00Z, not "${given}"`);
  return time;
};

const periodOf = (parsed: Parsed, io: Io): Period => {
  const until = timeGiven(parsed, 'until', io.now());
  const from = timeGiven(parsed, 'since', until - DAYS * DAY);
  if (from >= until) throw new CliError('usage', `--since (${isoText(from)}) has to be before --until (${isoText(until)})`);
  return { from, until };
};

/** What was asked before the period may have ended within it. */
const LONGEST = 14 * DAY;

const askedAt = ({ deployment, rejection }: PastRequest): number =>
  deployment?.acceptedAt ?? Date.parse(String(rejection?.detail['at'] ?? 0));

const endedAt = async (table: Table, place: Place, period: Period, io: Io): Promise<readonly Ended[]> => {
  const requests = await table.history(place, MOST);
  const [oldest] = requests.slice(-1);
  if (requests.length === MOST && oldest !== undefined && askedAt(oldest) > period.from)
    io.err(
      `${place.name} in ${place.environment}: only the newest ${MOST} requests are counted, since ${isoText(askedAt(oldest))}`,
    );
  const near = requests.filter((request) => askedAt(request) >= period.from - LONGEST && askedAt(request) < period.until);
  const found: Ended[] = [];
  for (const request of near) found.push(...(await endOf(table, request)));
  return found;
};

const endOf = async (table: Table, { deployment, rejection }: PastRequest): Promise<readonly Ended[]> => {
  const { endedAs, refusedAs } = await import('../../shared/metrics/summary.ts');
  if (deployment === undefined) return rejection === undefined ? [] : [refusedAs(rejection)];
  if (deployment.outcome === undefined) return [];
  const { audit } = await table.known(deployment.id);
  const left = deployment.kind === 'rollback' ? deployment.leaving?.deployment : undefined;
  const [before] = left === undefined ? [] : await table.deployments([left]);
  const ended = endedAs(deployment, audit, before?.state === 'succeeded');
  return ended === undefined ? [] : [ended];
};

const HEAD = [
  'ENVIRONMENT',
  'SERVICE',
  'REQUESTS',
  'CHANGES',
  'A DAY',
  'SUCCESS',
  'LEAD TIME',
  'FAILED CHANGES',
  'RESTORED IN',
  'DURATION',
  'WAIT',
  'ROLLBACKS',
  'RETRIES',
];

const percent = (value: number | null): string => (value === null ? '-' : `${Math.round(value * 100)} %`);

const span = (seconds: number | null): string => (seconds === null ? '-' : spanText(seconds * 1000));

const row = (counted: Counted): readonly string[] => [
  counted.environment,
  counted.service,
  String(counted.requests),
  String(counted.changes),
  counted.changesPerDay.toFixed(2),
  percent(counted.successRate),
  span(counted.leadTimeSeconds),
  percent(counted.changeFailureRate),
  span(counted.timeToRestoreSeconds),
  span(counted.durationSeconds),
  span(counted.queueWaitSeconds),
  counted.failedRollbacks === 0 ? String(counted.rollbacks) : `${counted.rollbacks} (${counted.failedRollbacks} failed)`,
  String(counted.healthCheckRetries),
];
