import manifest from '../package.json' with { type: 'json' };
import { type Command, didYouMean, parseCommand } from './command.ts';
import { cancel } from './commands/cancel.ts';
import { completion } from './commands/completion.ts';
import { deploy } from './commands/deploy.ts';
import { events } from './commands/events.ts';
import { evidence } from './commands/evidence.ts';
import { history } from './commands/history.ts';
import { metrics } from './commands/metrics.ts';
import { promote } from './commands/promote.ts';
import { queue } from './commands/queue.ts';
import { redrive } from './commands/redrive.ts';
import { rollback } from './commands/rollback.ts';
import { status } from './commands/status.ts';
import { validate } from './commands/validate.ts';
import { complete } from './completion.ts';
import { CliError, explained } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { commandHelp, toolHelp } from './help.ts';
import type { Io } from './io.ts';

export const COMMANDS: readonly Command[] = [
  deploy,
  promote,
  evidence,
  rollback,
  cancel,
  status,
  history,
  metrics,
  events,
  validate,
  queue,
  redrive,
  completion,
];

const SPECS = COMMANDS.map(({ spec }) => spec);

/** Runs one command line; answers its exit code, and never throws. */
export const run = async (argv: readonly string[], io: Io): Promise<number> => {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    const { message, exit } = explained(error, `do what "switchyard ${argv[0] ?? ''}" does`);
    io.err(message);
    return EXIT[exit].code;
  }
};

const dispatch = async ([name, ...rest]: readonly string[], io: Io): Promise<number> => {
  if (name === '__complete') {
    for (const line of await complete(rest, SPECS, io)) io.out(line);
    return EXIT.succeeded.code;
  }
  if (name === '--version') return say(io, manifest.version);
  if (name === '--help' || name === 'help') return say(io, helpOf(rest[0]));
  if (name === undefined) {
    io.err(toolHelp(SPECS));
    return EXIT.usage.code;
  }
  const command = COMMANDS.find(({ spec }) => spec.name === name);
  if (command === undefined) throw unknown(name);
  const parsed = parseCommand(command.spec, rest);
  if (parsed.is('help')) return say(io, commandHelp(command.spec));
  return EXIT[await command.run(parsed, parsed.is('no-color') ? { ...io, colours: false } : io)].code;
};

const say = (io: Io, text: string): number => {
  io.out(text);
  return EXIT.succeeded.code;
};

const helpOf = (name: string | undefined): string => {
  if (name === undefined) return toolHelp(SPECS);
  const spec = SPECS.find((one) => one.name === name);
  if (spec === undefined) throw unknown(name);
  return commandHelp(spec);
};

const unknown = (name: string): CliError =>
  new CliError(
    'usage',
    `switchyard does not know the command "${name}"${didYouMean(
      name,
      SPECS.map((spec) => spec.name),
    )}; see switchyard --help`,
  );
