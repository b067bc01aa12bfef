import { availableParallelism } from 'node:os';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ELSEWHERE_STORIES, SHIFTS, type Story } from './deaths.ts';
import type { Work } from './parts.ts';

/** What was asked for, in one sentence, if it cannot be done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What can be divided between processes; a schedule that was kept is run alone, with its trace. */
export type Asked = Exclude<Work, { kind: 'kept' }>;

export type Order =
  /** The share of a process that a `work` has started. */
  | { readonly kind: 'part'; readonly part: string }
  | { readonly kind: 'seed'; readonly seed: number }
  | { readonly kind: 'schedule'; readonly file: string }
  | { readonly kind: 'work'; readonly work: Asked; readonly processes: number };

const DEATHS = ['deaths', 'pairs', 'shifts', 'elsewhere', 'notifiers'] as const;
type Death = (typeof DEATHS)[number];

const OPTIONS = {
  schedules: { type: 'string' },
  from: { type: 'string' },
  first: { type: 'boolean' },
  processes: { type: 'string' },
  seed: { type: 'string' },
  schedule: { type: 'string' },
  every: { type: 'string' },
  target: { type: 'string' },
  part: { type: 'string' },
  ...(Object.fromEntries(DEATHS.map((name) => [name, { type: 'boolean' }])) as Record<Death, { type: 'boolean' }>),
} as const satisfies ParseArgsConfig['options'];

type Name = keyof typeof OPTIONS;

/** What goes with each kind of work; of seeds, which have no option of their own, `seeds`. */
const WITH: Readonly<Record<Death | 'seeds' | 'seed' | 'schedule' | 'part', readonly Name[]>> = {
  seeds: ['schedules', 'from', 'first', 'processes'],
  deaths: ['every', 'processes'],
  pairs: ['every', 'processes'],
  shifts: ['every', 'target', 'processes'],
  elsewhere: ['every', 'target', 'processes'],
  notifiers: ['every', 'processes'],
  seed: [],
  schedule: [],
  part: [],
};

/** Throws a `UsageError`. */
export const readArguments = (given: readonly string[]): Order => {
  const values = parsed(given);
  const chosen = ([...DEATHS, 'seed', 'schedule', 'part'] as const).find((name) => values[name] !== undefined) ?? 'seeds';
  const others = (Object.keys(values) as Name[]).filter((name) => name !== chosen);
  const foreign = others.find((name) => !WITH[chosen].includes(name));
  if (foreign !== undefined) {
    const what = chosen === 'seeds' ? 'a run of seeds' : `--${chosen}`;
    throw new UsageError(`--${foreign} does not go with ${what}; leave one of them out`);
  }
  if (values.part !== undefined) return { kind: 'part', part: values.part };
  if (values.schedule !== undefined) return { kind: 'schedule', file: values.schedule };
  if (values.seed !== undefined) return { kind: 'seed', seed: numberIn('seed', values.seed, 0) };
  const kind = DEATHS.find((name) => name === chosen);
  const work = kind === undefined ? seedsIn(values) : deathsIn(kind, values);
  return { kind: 'work', work, processes: numberIn('processes', values.processes, 1, availableParallelism()) };
};

type Values = ReturnType<typeof parsed>;

const seedsIn = ({ from, schedules, first = false }: Values): Asked => ({
  kind: 'seeds',
  from: numberIn('from', from, 0, 1),
  count: numberIn('schedules', schedules, 1, 1000),
  first,
});

const deathsIn = (kind: Death, values: Values): Asked => {
  const every = numberIn('every', values.every, 1, 1);
  if (kind === 'pairs') return { kind, every };
  const target = targetIn(kind, values.target);
  return target === undefined ? { kind, every } : { kind, every, target };
};

const numberIn = (name: Name, text: string | undefined, least: number, otherwise = least): number => {
  if (text === undefined) return otherwise;
  if (/^\d+$/.test(text) && Number(text) >= least && Number.isSafeInteger(Number(text))) return Number(text);
  throw new UsageError(`--${name} takes a whole number, ${least} or more, not "${text}"`);
};

const targetIn = (kind: Death, target: string | undefined): string | undefined => {
  const stories: readonly Story[] = kind === 'shifts' ? SHIFTS : ELSEWHERE_STORIES;
  const known = [...new Set(stories.flatMap((story) => story.kind ?? []))];
  if (target === undefined || known.some((name) => name === target)) return target;
  throw new UsageError(`--${kind} has no target "${target}"; it has ${known.join(', ')}`);
};

const parsed = (given: readonly string[]) => {
  try {
    return parseArgs({ args: [...given], options: OPTIONS }).values;
  } catch (error) {
    const why = error instanceof Error ? error.message.split(/\.\s/)[0] : String(error);
    const names = Object.keys(OPTIONS).filter((name) => name !== 'part');
    throw new UsageError(`${why}; known are ${names.map((name) => `--${name}`).join(', ')}`);
  }
};
