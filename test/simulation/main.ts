/**
 * `npm run simulate`: the pipeline under faults, one schedule a seed.
 * Usage: npm run simulate -- [--schedules N] [--from SEED] [--processes N]   runs that many, and shrinks what is wrong
 *        npm run simulate -- --first …                                      ends with the first that is wrong, as it is
 *        npm run simulate -- --seed SEED                                   one, with its trace
 *        npm run simulate -- --schedule FILE                               one that was kept, with its trace
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packagePipeline } from '../../local/packaging.ts';
import { readPackage } from './package.ts';
import { runSchedule, type Schedule, scheduleOf, shrink } from './schedule.ts';

/** What a part tells its parent, a line each. */
type Line =
  | { readonly kind: 'done'; readonly schedules: number; readonly calls: number }
  | { readonly kind: 'wrong'; readonly schedule: Schedule; readonly wrong: readonly string[]; readonly trace: readonly string[] };

/** Schedules between two reports. */
const REPORTED = 50;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** One process's share: every `of`-th seed. */
const runPart = async (folder: string, from: number, to: number, of: number, first: boolean): Promise<void> => {
  const pack = await readPackage(folder);
  const tell = (line: Line): void => say(JSON.stringify(line));
  let schedules = 0;
  let calls = 0;
  for (let seed = from; seed < to; seed += of) {
    const judged = await runSchedule(pack, scheduleOf(seed));
    schedules += 1;
    calls += judged.calls;
    if (judged.wrong.length > 0 && first) {
      tell({ kind: 'wrong', schedule: scheduleOf(seed), wrong: judged.wrong, trace: [] });
      return tell({ kind: 'done', schedules, calls });
    }
    if (judged.wrong.length > 0) {
      const schedule = await shrink(pack, scheduleOf(seed), judged);
      const { wrong, trace } = await runSchedule(pack, schedule);
      tell({ kind: 'wrong', schedule, wrong: wrong.length > 0 ? wrong : judged.wrong, trace });
    }
    if (schedules < REPORTED && seed + of < to) continue;
    tell({ kind: 'done', schedules, calls });
    schedules = 0;
    calls = 0;
  }
};

interface Wrong {
  readonly schedule: Schedule;
  readonly wrong: readonly string[];
  readonly trace: readonly string[];
}

/** Keeps the schedule in a file, for the next time. */
const showWrong = async ({ schedule, wrong, trace }: Wrong): Promise<void> => {
  const { seed } = schedule.plan;
  const file = join(tmpdir(), `switchyard-seed-${seed}.json`);
  await writeFile(file, `${JSON.stringify({ found: wrong[0], ...schedule }, null, 2)}\n`);
  say(`\nseed ${seed} breaks what must hold:`);
  for (const text of wrong) say(`  ${text}`);
  say(`again: npm run simulate -- --schedule ${file}`);
  for (const line of trace) say(`    ${line}`);
};

const runAll = async (folder: string, from: number, count: number, processes: number, first: boolean): Promise<number> => {
  const began = performance.now();
  const total = { schedules: 0, calls: 0, wrong: 0 };
  const children: ChildProcess[] = [];
  const parts = Array.from({ length: processes }, async (_, index) => {
    const words = [
      '--max-semi-space-size=64',
      '--single-threaded-gc',
      '--import',
      'tsx',
      fileURLToPath(import.meta.url),
      '--part',
      `${folder} ${from + index} ${from + count} ${processes} ${first ? 1 : 0}`,
    ];
    const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    for await (const text of createInterface({ input: child.stdout })) {
      const line: Line = JSON.parse(text);
      if (line.kind === 'wrong') {
        total.wrong += 1;
        await showWrong(line);
        if (first) for (const other of children) other.kill();
        continue;
      }
      total.schedules += line.schedules;
      total.calls += line.calls;
    }
    if ((await ended) !== 0 && !(first && total.wrong > 0))
      throw new Error('a part of the simulation ended early; it says why above');
  });
  const report = setInterval(() => say(`${total.schedules} of ${count} schedules, ${total.wrong} wrong`), 30_000);
  await Promise.all(parts).finally(() => clearInterval(report));
  const seconds = (performance.now() - began) / 1000;
  const speed = `${Math.round(total.calls / seconds)} AWS calls and ${(total.schedules / seconds).toFixed(1)} schedules a second`;
  say(
    `${total.schedules} schedules from seed ${from}, ${total.wrong} wrong; ${total.calls} AWS calls of functions, ${speed} in ${processes} processes`,
  );
  return total.wrong === 0 && total.schedules === count ? 0 : 1;
};

const wholeNumber = (name: string, text: string): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Error(`--${name} takes a whole number, not "${text}"`);
};

const runOne = async (folder: string, schedule: Schedule): Promise<number> => {
  const { trace, wrong } = await runSchedule(await readPackage(folder), schedule);
  for (const line of [...trace, ...wrong]) say(line);
  return wrong.length === 0 ? 0 : 1;
};

const run = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      schedules: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      processes: { type: 'string', default: String(availableParallelism()) },
      seed: { type: 'string' },
      schedule: { type: 'string' },
      first: { type: 'boolean', default: false },
      part: { type: 'string' },
    },
  });
  if (values.part !== undefined) {
    const [folder = '', ...numbers] = values.part.split(' ');
    const [from = 0, to = 0, of = 1, first = 0] = numbers.map(Number);
    await runPart(folder, from, to, of, first === 1);
    return 0;
  }
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-simulation-'));
  try {
    await packagePipeline(folder, process.env as Record<string, string>);
    if (values.seed !== undefined) return await runOne(folder, scheduleOf(wholeNumber('seed', values.seed)));
    if (values.schedule !== undefined) return await runOne(folder, JSON.parse(await readFile(values.schedule, 'utf8')));
    return await runAll(
      folder,
      wholeNumber('from', values.from),
      wholeNumber('schedules', values.schedules),
      Math.max(1, wholeNumber('processes', values.processes)),
      values.first,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
