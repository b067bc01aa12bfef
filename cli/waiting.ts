import { type Deployment, TERMINAL_STATES, type TerminalState } from '../shared/deployment/types.ts';
import { CliError } from './errors.ts';
import { type Exit, exitOf } from './exit-codes.ts';
import { InterruptedError, type Io } from './io.ts';
import { endLines, painted, type Step, spanText, stepLine } from './lines.ts';
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
}

/** What is followed to its end. */
export interface Followed<Seen> {
  readonly look: () => Promise<Seen>;
  readonly stepsOf: (seen: Seen) => readonly Step[];
  /** Tells the end, and answers with it. */
  readonly ended: (seen: Seen) => Exit | undefined;
  /** What it does, while nothing happens. */
  readonly progress: (seen: Seen) => string;
  /** Where it is, for whoever gives up. */
  readonly standing: (seen: Seen) => string;
  /** How a person goes on, for Ctrl-C. */
  readonly hint: string;
}

/**
 * Tells each step to the end: a line for each, and on a terminal one that is replaced while nothing happens. Answers how the command ends.
 */
export const follow = async <Seen>(
  id: string,
  followed: Followed<Seen>,
  { io, json, timeoutSeconds }: Pick<Waiting, 'io' | 'json' | 'timeoutSeconds'>,
): Promise<Exit> => {
  const until = io.now() + timeoutSeconds * 1000;
  let told = 0;
  try {
    for (;;) {
      const seen = await followed.look();
      const steps = followed.stepsOf(seen).filter(({ events }) => events.length > 0);
      for (const step of steps.slice(told)) io.out(json ? JSON.stringify({ step }) : stepLine(step, io.colours));
      told = steps.length;
      const exit = followed.ended(seen);
      if (exit !== undefined) return exit;
      if (io.now() >= until) {
        io.err(`gave up after ${spanText(timeoutSeconds * 1000)}: ${id} has not ended; ${followed.standing(seen)}`);
        return 'gave-up';
      }
      io.progress?.(followed.progress(seen));
      await io.sleep(POLL_MILLISECONDS);
    }
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    io.err(`not waiting any more: ${id} goes on${followed.hint}`);
    return 'interrupted';
  }
};

/** Follows a deployment. */
export const waitFor = (id: string, waiting: Waiting): Promise<Exit> => {
  const { table, io, json } = waiting;
  const followed: Followed<Known> = {
    look: () => table.known(id),
    stepsOf: ({ audit }) => audit,
    ended: (known) => ended(known, io, json),
    progress: (known) => progressLine(known, io),
    standing,
    hint: `; switchyard status --deployment ${id} tells of it, switchyard cancel ${id} ends it`,
  };
  return follow(id, followed, waiting);
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

const standing = ({ deployment }: Known): string =>
  deployment === undefined
    ? 'nobody has read the request yet: see switchyard queue'
    : `it is ${deployment.state}${deployment.waitingFor === undefined ? '' : ` (${deployment.waitingFor.message})`}, and goes on`;

const progressLine = ({ deployment }: Known, io: Io): string => {
  if (deployment === undefined) return 'waiting for the request to be read …';
  const { state, waitingFor, acceptedAt } = deployment;
  const why = waitingFor === undefined ? '' : `: ${waitingFor.message}`;
  return `${painted(state, 'cyan', io.colours)}${why} … ${spanText(io.now() - acceptedAt)}`;
};
