import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What was asked for, in one sentence, if it cannot be done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Arguments {
  /** 0: any free one. */
  readonly port: number;
  /** Ends when the example services are deployed. */
  readonly once: boolean;
  /** Makes AWS misbehave, the same way for the same seed. */
  readonly faults: number | undefined;
  /** The folder in which everything is kept between runs; absent: nothing is. */
  readonly data: string | undefined;
  /** Machines that Systems Manager manages: by name, the folder that each is. */
  readonly hosts: Readonly<Record<string, string>>;
}

const DEFAULT_PORT = 4566;

const KNOWN = '--port N (0: any free one), --once, --faults <seed> (a whole number), --data <folder> and --host <name>=<folder>';

/** Throws a `UsageError`. */
export const readArguments = (given: readonly string[]): Arguments => {
  const values = parsed(given);
  return {
    port: numberIn(values.port ?? String(DEFAULT_PORT), '--port', 65_535),
    once: values.once ?? false,
    data: values.data === undefined ? undefined : folderIn(values.data),
    hosts: Object.fromEntries((values.host ?? []).map(hostIn)),
    faults: values.faults === undefined ? undefined : numberIn(values.faults, '--faults', Number.MAX_SAFE_INTEGER),
  };
};

const parsed = (given: readonly string[]) => {
  try {
    return parseArgs({
      args: [...given],
      options: {
        port: { type: 'string' },
        once: { type: 'boolean' },
        faults: { type: 'string' },
        data: { type: 'string' },
        host: { type: 'string', multiple: true },
      },
    }).values;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${why}; known are ${KNOWN}`);
  }
};

const folderIn = (text: string): string => {
  if (text !== '') return resolve(text);
  throw new UsageError('--data takes a folder: what the local cloud knows is kept there between runs');
};

const hostIn = (text: string): readonly [name: string, folder: string] => {
  const [, name, folder] = /^([A-Za-z0-9_-]{1,64})=(.+)$/.exec(text) ?? [];
  if (name !== undefined && folder !== undefined) return [name, resolve(folder)];
  throw new UsageError(`--host takes a name and the folder that stands for the machine, as in web=./web, not "${text}"`);
};

const numberIn = (text: string, option: string, most: number): number => {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= 0 && number <= most) return number;
  throw new UsageError(`${option} takes a number from 0 to ${most}, not "${text}"`);
};
