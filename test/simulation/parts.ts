import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  type Deaths,
  deathText,
  ELSEWHERE_STORIES,
  endOf,
  functionOf,
  NOTIFIED_STORIES,
  pairsOf,
  runPair,
  runStory,
  SHIFTS,
  STORIES,
  type Story,
  singlesOf,
  wrongAfter,
} from './deaths.ts';
import { type Packages, readPackage } from './package.ts';
import { runSchedule, type Schedule, scheduleOf, shrink } from './schedule.ts';
import type { Outcome } from './world.ts';

/**
 * What is to be run: seeds, one schedule each, one that was kept in a file, every single death, or pairs of deaths (one first in so many, and
 * after it as few second ones).
 */
export type Work =
  | { readonly kind: 'seeds'; readonly from: number; readonly count: number; readonly first: boolean }
  | { readonly kind: 'kept'; readonly file: string }
  /** One single death in so many; `shifts`: while traffic is shifted; `elsewhere`: with targets that are not in ECS; `notifiers`: of those who tell. `target`: with that one alone. */
  | { readonly kind: 'deaths' | 'shifts' | 'elsewhere' | 'notifiers'; readonly every: number; readonly target?: string }
  | { readonly kind: 'pairs'; readonly every: number };

/** One process's share: every `of`-th of each work, or of the works that are one schedule. */
interface Part {
  readonly works: readonly Work[];
  readonly folder: string;
  readonly part: number;
  readonly of: number;
}

export interface Wrong {
  readonly wrong: readonly string[];
  readonly trace: readonly string[];
  /** Of seeds: as short as it was found to be. */
  readonly schedule?: Schedule;
  /** Instead of a schedule. */
  readonly deaths?: string;
}

/** What a part tells of the work that it is at. */
type Report =
  | { readonly kind: 'done'; readonly schedules: number; readonly calls: number; readonly deaths: Counts }
  | { readonly kind: 'wrong'; readonly found: Wrong };

type Tell = (report: Report) => void;

/** What a part tells its parent, a line each; `work` counts from 0. */
type Line = Report & { readonly work: number };

/** How often each function died. */
type Counts = Readonly<Record<string, number>>;

export interface Total {
  readonly schedules: number;
  readonly calls: number;
  readonly wrong: number;
  readonly deaths: Counts;
}

const sum = (one: Counts, other: Counts): Counts => ({
  ...one,
  ...Object.fromEntries(Object.entries(other).map(([name, count]) => [name, (one[name] ?? 0) + count])),
});

/** Schedules between two reports. */
const REPORTED = 50;

const counting = (tell: Tell) => {
  let schedules = 0;
  let calls = 0;
  let deaths: Counts = {};
  const report = (): void => {
    tell({ kind: 'done', schedules, calls, deaths });
    schedules = 0;
    calls = 0;
    deaths = {};
  };
  const count = (more: number, died: readonly string[] = []): void => {
    schedules += 1;
    calls += more;
    for (const name of died) deaths = sum(deaths, { [name]: 1 });
    if (schedules === REPORTED) report();
  };
  return { count, report };
};

const runSeeds = async (
  pack: Packages,
  { from, count, first }: Extract<Work, { kind: 'seeds' }>,
  { part, of }: Part,
  tell: Tell,
) => {
  const done = counting(tell);
  for (let seed = from + part; seed < from + count; seed += of) {
    const judged = await runSchedule(pack, scheduleOf(seed));
    done.count(judged.calls);
    if (judged.wrong.length === 0) continue;
    if (first) {
      // Before what is wrong: whoever hears of that ends this process.
      done.report();
      return tell({ kind: 'wrong', found: { schedule: scheduleOf(seed), wrong: judged.wrong, trace: [] } });
    }
    const schedule = await shrink(pack, scheduleOf(seed), judged);
    const { wrong, trace } = await runSchedule(pack, schedule);
    tell({ kind: 'wrong', found: { schedule, wrong: wrong.length > 0 ? wrong : judged.wrong, trace } });
  }
  done.report();
};

const runKept = async (pack: Packages, file: string, tell: Tell): Promise<void> => {
  const schedule: Schedule = JSON.parse(await readFile(file, 'utf8'));
  const { wrong, trace, calls } = await runSchedule(pack, schedule);
  if (wrong.length > 0) tell({ kind: 'wrong', found: { schedule, wrong, trace } });
  tell({ kind: 'done', schedules: 1, calls, deaths: {} });
};

const runDeaths = async (
  pack: Packages,
  stories: readonly Story[],
  ways: (story: Story, whole: Outcome) => Iterable<Deaths> | AsyncIterable<Deaths>,
  run: (pack: Packages, story: Story, deaths: Deaths) => Promise<Outcome>,
  tell: Tell,
) => {
  const done = counting(tell);
  for (const story of stories) {
    const whole = await runStory(pack, story);
    const wanted = endOf(whole);
    for await (const deaths of ways(story, whole)) {
      const outcome = await run(pack, story, deaths);
      done.count(outcome.calls, [...deaths.keys()].map(functionOf));
      const wrong = wrongAfter(outcome, wanted, deaths);
      if (wrong.length > 0)
        tell({ kind: 'wrong', found: { wrong, trace: outcome.trace, deaths: `${story.name}: ${deathText(deaths)}` } });
    }
  }
  done.report();
};

const TOLD = { deaths: STORIES, shifts: SHIFTS, elsewhere: ELSEWHERE_STORIES, notifiers: NOTIFIED_STORIES } as const;

const storiesOf = ({ kind, target }: Extract<Work, { readonly target?: string }>): readonly Story[] => {
  const stories = TOLD[kind].filter((story) => target === undefined || story.kind === target);
  if (stories.length === 0) throw new Error(`there is no story of target ${target}`);
  return stories;
};

const runWork = async (pack: Packages, work: Work, index: number, part: Part, tell: Tell): Promise<void> => {
  switch (work.kind) {
    case 'seeds':
      return runSeeds(pack, work, part, tell);
    case 'kept':
      return index % part.of === part.part ? runKept(pack, work.file, tell) : undefined;
    case 'deaths':
    case 'shifts':
    case 'elsewhere':
    case 'notifiers':
      return runDeaths(pack, storiesOf(work), (story, whole) => singlesOf(story, whole, part, work.every), runStory, tell);
    case 'pairs':
      return runDeaths(pack, STORIES, (story, whole) => pairsOf(pack, story, whole, part, work.every), runPair, tell);
  }
};

/** In a process of its own. */
export const runPart = async (text: string): Promise<void> => {
  const part = JSON.parse(text) as Part;
  const pack = await readPackage(part.folder);
  for (const [work, asked] of part.works.entries()) {
    const say = (line: Line): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
    await runWork(pack, asked, work, part, (report) => say({ ...report, work }));
  }
};

/**
 * Where Node strips types itself (22.18, 24: https://nodejs.org/api/process.html#processfeaturestypescript), nothing else is needed, and a
 * schedule takes an eighth less: tsx gives each arrow function its name whenever it is made.
 */
const LOADER = 'typescript' in process.features && process.features.typescript ? [] : ['--import', 'tsx'];

const start = (part: Part): ChildProcess => {
  const words = [
    '--max-semi-space-size=64',
    '--single-threaded-gc',
    ...LOADER,
    fileURLToPath(new URL('main.ts', import.meta.url)),
    '--part',
    JSON.stringify(part),
  ];
  const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  return spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
};

interface Listener {
  readonly found: (wrong: Wrong, work: Work) => void | Promise<void>;
  readonly passed?: (total: Total) => void;
}

/**
 * Runs works, one after the other, in several processes. `found` is called for each that is wrong, `passed` now and then with what there
 * is of the first. Answers the total of each.
 */
export const runParts = async (
  works: readonly Work[],
  folder: string,
  processes: number,
  { found, passed }: Listener,
): Promise<readonly Total[]> => {
  const totals = works.map((work) => ({ work, schedules: 0, calls: 0, wrong: 0, deaths: {} as Counts }));
  const endsWithFirst = works.some((work) => work.kind === 'seeds' && work.first);
  const children = Array.from({ length: processes }, (_, part) => start({ works, folder, part, of: processes }));
  const parts = children.map(async (child) => {
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    for await (const text of createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })) {
      const line: Line = JSON.parse(text);
      const total = totals[line.work];
      if (total === undefined) throw new Error(`a part tells of work ${line.work}, and there are ${totals.length}`);
      if (line.kind === 'done') {
        total.schedules += line.schedules;
        total.calls += line.calls;
        total.deaths = sum(total.deaths, line.deaths);
        continue;
      }
      total.wrong += 1;
      await found(line.found, total.work);
      if (endsWithFirst && total.work.kind === 'seeds') for (const other of children) other.kill();
    }
    if ((await ended) !== 0 && !(endsWithFirst && totals.some(({ wrong }) => wrong > 0)))
      throw new Error('a part of the simulation ended early; it says why above');
  });
  const report = setInterval(() => {
    for (const first of totals.slice(0, 1)) passed?.(first);
  }, 30_000);
  await Promise.all(parts).finally(() => clearInterval(report));
  return totals;
};
