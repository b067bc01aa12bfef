import { type Deployment, TERMINAL_STATES, type TerminalState } from '../shared/deployment/types.ts';
import { CliError } from './errors.ts';
import { type Exit, exitOf } from './exit-codes.ts';
import { InterruptedError, type Io } from './io.ts';
import { endLines, painted, spanText, stepLine } from './lines.ts';
import type { Known, Table } from './table.ts';

const POLL_MILLISECONDS = 500;

export const isTerminal = (state: Deployment['state']): state is TerminalState =>
  (TERMINAL_STATES as readonly string[]).includes(state);

/** Reads `--timeout` in seconds; without it a deployment's own deadlines are waited for. */
export const timeoutIn = (text: string | undefined, standard = 7200): number => {
  const seconds = Number(text ?? standard);
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw new CliError('usage', `--timeout takes seconds, not "${text}"`);
};

export interface Waiting {
  readonly table: Table;
  readonly io: Io;
  readonly json: boolean;
  readonly timeoutSeconds: number;
  /** How a person would end it, for Ctrl-C. */
  readonly name: string;
}

/**
 * Follows a deployment to its end, and tells each step: a line for each, and on a terminal one that is replaced while nothing
 * happens. Answers how the command ends.
 */
export const waitFor = async (id: string, waiting: Waiting): Promise<Exit> => {
  const { table, io, json, timeoutSeconds } = waiting;
  const until = io.now() + timeoutSeconds * 1000;
  let told = 0;
  try {
    for (;;) {
      const known = await table.known(id);
      told = tell(known, told, waiting);
      const exit = ended(known, io, json);
      if (exit !== undefined) return exit;
      if (io.now() >= until) return gaveUp(id, known, waiting);
      io.progress?.(progressLine(known, io));
      await io.sleep(POLL_MILLISECONDS);
    }
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    io.err(
      `not waiting any more: ${id} goes on; switchyard status --deployment ${id} tells of it, switchyard cancel ${id} ends it`,
    );
    return 'interrupted';
  }
};

const tell = ({ audit }: Known, from: number, { io, json }: Waiting): number => {
  const told = audit.filter(({ events }) => events.length > 0);
  for (const record of told.slice(from)) io.out(json ? JSON.stringify({ step: record }) : stepLine(record, io.colours));
  return told.length;
};

const ended = ({ deployment, rejection }: Known, io: Io, json: boolean): Exit | undefined => {
  if (deployment !== undefined && isTerminal(deployment.state)) {
    if (json) io.out(JSON.stringify({ end: deployment }));
    else for (const line of endLines(deployment, io.colours)) io.out(line);
    return exitOf(deployment.kind, deployment.state);
  }
  if (deployment !== undefined || rejection === undefined) return undefined;
  const { reason } = rejection.detail as { readonly reason?: { readonly code: string; readonly message: string } };
  if (json) io.out(JSON.stringify({ end: rejection.detail }));
  else io.out(`${painted('rejected', 'red', io.colours)}: ${reason?.message} [${reason?.code}]`);
  return 'rejected';
};

const gaveUp = (id: string, { deployment }: Known, { io, timeoutSeconds }: Waiting): Exit => {
  const state =
    deployment === undefined
      ? 'nobody has read the request yet: see switchyard queue'
      : `it is ${deployment.state}${deployment.waitingFor === undefined ? '' : ` (${deployment.waitingFor.message})`}, and goes on`;
  io.err(`gave up after ${spanText(timeoutSeconds * 1000)}: ${id} has not ended; ${state}`);
  return 'gave-up';
};

const progressLine = ({ deployment }: Known, io: Io): string => {
  if (deployment === undefined) return 'waiting for the request to be read …';
  const { state, waitingFor, acceptedAt } = deployment;
  const why = waitingFor === undefined ? '' : `: ${waitingFor.message}`;
  return `${painted(state, 'cyan', io.colours)}${why} … ${spanText(io.now() - acceptedAt)}`;
};
