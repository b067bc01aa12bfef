import { parseArgs } from 'node:util';
import { CliError } from './errors.ts';
import type { Exit } from './exit-codes.ts';
import type { Io } from './io.ts';
import { nearest } from './nearest.ts';

export interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for its value in the help: `<image>`. */
  readonly value?: string;
  readonly description: string;
  readonly required?: boolean;
  /** What the shell may complete it with. */
  readonly completes?: 'environments' | 'services' | 'files';
}

export interface Argument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly choices?: readonly string[];
}

/** One command: its help, its completion and its documentation are made from this. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly arguments: readonly Argument[];
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly (readonly [command: string, does: string])[];
  /** Whether it speaks with AWS: those that do take the options of `CONNECTION`. */
  readonly connects: boolean;
}

export interface Parsed {
  readonly text: (option: string) => string | undefined;
  readonly required: (option: string) => string;
  readonly is: (option: string) => boolean;
  readonly argument: (index: number) => string | undefined;
}

export interface Command {
  readonly spec: CommandSpec;
  readonly run: (parsed: Parsed, io: Io) => Promise<Exit>;
}

/** Of every command that is about one service. */
export const PLACE = {
  environment: { type: 'string', value: '<name>', description: 'of the catalogue', required: true, completes: 'environments' },
  service: { type: 'string', value: '<name>', description: 'of the catalogue', required: true, completes: 'services' },
} as const satisfies Readonly<Record<string, Option>>;

/** Taken by every command. */
export const EVERYWHERE: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', description: 'one JSON document, or one a line for what goes on' },
  'no-color': { type: 'boolean', description: 'no colours (also: NO_COLOR)' },
  help: { type: 'boolean', description: 'this help' },
};

/** Taken by every command that speaks with AWS. */
export const CONNECTION: Readonly<Record<string, Option>> = {
  endpoint: {
    type: 'string',
    value: '<url>',
    description: 'the local cloud, or another address of AWS (also: AWS_ENDPOINT_URL)',
  },
  region: { type: 'string', value: '<region>', description: "the pipeline's region (also: AWS_REGION)" },
  profile: { type: 'string', value: '<profile>', description: 'of the AWS configuration (also: AWS_PROFILE)' },
  name: { type: 'string', value: '<name>', description: "the installation's name; switchyard unless told otherwise" },
};

export const optionsOf = ({ options, connects }: CommandSpec): Readonly<Record<string, Option>> => ({
  ...options,
  ...(connects ? CONNECTION : {}),
  ...EVERYWHERE,
});

/** Throws a `CliError` that says what is wrong, and what is near to it. */
export const parseCommand = (spec: CommandSpec, argv: readonly string[]): Parsed => {
  const options = optionsOf(spec);
  const { values, positionals } = read(spec, options, argv);
  const parsed: Parsed = {
    text: (option) => (typeof values[option] === 'string' ? values[option] : undefined),
    required: (option) => (typeof values[option] === 'string' ? values[option] : ''),
    is: (option) => values[option] === true,
    argument: (index) => positionals[index],
  };
  if (parsed.is('help')) return parsed;
  for (const [name, { required, value = '' }] of Object.entries(options))
    if (required === true && (parsed.text(name) ?? '') === '')
      throw usage(spec, `switchyard ${spec.name} needs --${name} ${value}`);
  checkArguments(spec, positionals);
  return parsed;
};

const read = (spec: CommandSpec, options: Readonly<Record<string, Option>>, argv: readonly string[]) => {
  const config = Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }]));
  const unknown = argv
    .filter((word, index) => word.startsWith('--') && word !== '--' && !argv.slice(0, index).includes('--'))
    .map((word) => word.slice(2).split('=')[0] ?? '')
    .find((name) => !Object.hasOwn(options, name));
  if (unknown !== undefined)
    throw usage(spec, `switchyard ${spec.name} does not know --${unknown}${didYouMean(unknown, Object.keys(options), '--')}`);
  try {
    return parseArgs({ args: [...argv], options: config, allowPositionals: true });
  } catch (error) {
    const text = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw usage(spec, `switchyard ${spec.name}: ${text.replace(/\s+/g, ' ')}`);
  }
};

const checkArguments = (spec: CommandSpec, given: readonly string[]): void => {
  for (const [index, { name, required, choices }] of spec.arguments.entries()) {
    const value = given[index];
    if (value === undefined && required) throw usage(spec, `switchyard ${spec.name} needs <${name}>`);
    if (value !== undefined && choices !== undefined && !choices.includes(value))
      throw usage(
        spec,
        `switchyard ${spec.name} does not know "${value}"${didYouMean(value, choices)}; it knows ${choices.join(', ')}`,
      );
  }
  const extra = given[spec.arguments.length];
  if (extra !== undefined) throw usage(spec, `switchyard ${spec.name} does not take "${extra}"`);
};

const usage = (spec: CommandSpec, message: string): CliError =>
  new CliError('usage', `${message}; see switchyard ${spec.name} --help`);

/** ` (did you mean --wait?)`, or nothing. */
export const didYouMean = (word: string, known: readonly string[], prefix = ''): string => {
  const found = nearest(word, known);
  return found === undefined ? '' : ` (did you mean ${prefix}${found}?)`;
};
