import { shortId } from '../shared/deployment/parts.ts';
import type { Deployment } from '../shared/deployment/types.ts';
import type { AuditRecord } from '../shared/store/reader.ts';

const CODES = { red: 31, green: 32, yellow: 33, cyan: 36, grey: 90 } as const;

export type Colour = keyof typeof CODES;

export const painted = (text: string, colour: Colour, colours: boolean): string =>
  colours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;

/** `sha256:` and twelve digits. */
export const shortDigest = (digest: string): string => digest.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1');

/** `2026-03-01 12:00:05`, in UTC. */
export const timeText = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/** `4 s`, `2 min 5 s`, `1 h 3 min`. */
export const spanText = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
};

const COLOUR_OF: Readonly<Record<string, Colour>> = {
  succeeded: 'green',
  queued: 'cyan',
  starting: 'cyan',
  'rolling-out': 'cyan',
  verifying: 'cyan',
  baking: 'cyan',
  'rolling-back': 'yellow',
  'verifying-rollback': 'yellow',
};

/** A rollback that ends as rolled back is a success. */
export const stateText = ({ kind, state }: Pick<Deployment, 'kind' | 'state'>, colours: boolean): string => {
  const good = kind === 'rollback' && state === 'rolled-back';
  return painted(state, good ? 'green' : (COLOUR_OF[state] ?? 'red'), colours);
};

/** One line for a step that told something. */
/** One step of something that was asked for. */
export type Step = Pick<AuditRecord, 'at' | 'to' | 'events' | 'reason'>;

export const stepLine = (record: Step, colours: boolean): string => {
  const why = record.reason === undefined ? '' : `  ${record.reason.message.replace(/\s+/g, ' ')}`;
  return `${painted(timeText(record.at).slice(11), 'grey', colours)}  ${record.to.padEnd(18)}  ${record.events.join(', ')}${why}`;
};

/** Columns as wide as their widest cell; the last one as it is. Colours do not count. */
export const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const width = (cell: string): number => cell.replace(COLOURED, '').length;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - width(cell))))
      .join('  ')
      .trimEnd(),
  );
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: what `painted` writes
const COLOURED = /\u001b\[\d+m/g;

/** What there is to say of a deployment that has ended: what happened, why, what runs now, and the first task that stopped. */
export const endLines = (deployment: Deployment, colours: boolean): readonly string[] => {
  const { id, environment, service, outcome, stopped } = deployment;
  const running = outcome?.running;
  return [
    `${stateText(deployment, colours)}: ${service} in ${environment} (${id})`,
    ...(outcome === undefined ? [] : [`  why      ${outcome.reason.message.replace(/\s+/g, ' ')} [${outcome.reason.code}]`]),
    ...(stopped === undefined
      ? []
      : [
          `  stopped  ${stopped.reason}${stopped.exitCode === undefined ? '' : `, exit code ${stopped.exitCode}`} (${shortId(stopped.task)})`,
        ]),
    ...(running === undefined
      ? []
      : [`  runs     ${shortId(running.id)} ${running.image}${outcome?.verified === true ? ', verified' : ', not verified'}`]),
    ...(outcome?.supersededBy === undefined ? [] : [`  by       ${outcome.supersededBy}`]),
  ];
};
