/**
 * `npm run simulate`: the pipeline under faults, one schedule a seed.
 * Usage: npm run simulate -- [--schedules N] [--from SEED] [--processes N]   runs that many, and shrinks what is wrong
 *        npm run simulate -- --first …                                      ends with the first that is wrong, as it is
 *        npm run simulate -- --deaths | --pairs [--processes N]             every death, or every pair of deaths
 *        npm run simulate -- --shifts | --elsewhere [--processes N]         every death with targets that shift traffic, or are not in ECS
 *        npm run simulate -- --notifiers [--processes N]                    every death of a function that tells others
 *        npm run simulate -- --elsewhere --target hosts                     every death with that target
 *        npm run simulate -- --elsewhere --every N                          one death in so many of each function's, or one first and second of a pair
 *        npm run simulate -- --seed SEED                                   one, with its trace
 *        npm run simulate -- --schedule FILE                               one that was kept, with its trace
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePipeline } from '../../local/packaging.ts';
import { type Asked, readArguments, UsageError } from './arguments.ts';
import { readPackage } from './package.ts';
import { runPart, runParts, type Total, type Wrong } from './parts.ts';
import { runSchedule, type Schedule, scheduleOf } from './schedule.ts';

/** Of no work. */
const NOTHING: Total = { schedules: 0, calls: 0, wrong: 0, deaths: {} };

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A schedule is kept in a file, for the next time. */
const showWrong = async ({ schedule, deaths, wrong, trace }: Wrong): Promise<void> => {
  if (schedule === undefined) say(`\n${deaths}, breaks what must hold:`);
  else {
    const { seed } = schedule.plan;
    const file = join(tmpdir(), `switchyard-seed-${seed}.json`);
    await writeFile(file, `${JSON.stringify({ found: wrong[0], ...schedule }, null, 2)}\n`);
    say(`\nseed ${seed} breaks what must hold:`);
    say(`  again: npm run simulate -- --schedule ${file}`);
  }
  for (const text of wrong) say(`  ${text}`);
  for (const line of trace) say(`    ${line}`);
};

const WHAT = {
  deaths: 'deaths',
  pairs: 'pairs of deaths',
  shifts: 'deaths while traffic is shifted',
  elsewhere: 'deaths with targets that are not in ECS',
  notifiers: 'deaths of functions that tell others',
} as const;

const runAll = async (work: Asked, folder: string, processes: number): Promise<number> => {
  const began = performance.now();
  const what = work.kind === 'seeds' ? `schedules from seed ${work.from}` : WHAT[work.kind];
  const [total = NOTHING] = await runParts([work], folder, processes, {
    found: showWrong,
    passed: ({ schedules, wrong }) => say(`${schedules} ${what}, ${wrong} wrong`),
  });
  const seconds = (performance.now() - began) / 1000;
  const speed = `${Math.round(total.calls / seconds)} AWS calls and ${(total.schedules / seconds).toFixed(1)} schedules a second`;
  say(
    `${total.schedules} ${what}, ${total.wrong} wrong; ${total.calls} AWS calls of functions, ${speed} in ${processes} processes`,
  );
  return total.wrong === 0 && (work.kind !== 'seeds' || total.schedules === work.count) ? 0 : 1;
};

const runOne = async (folder: string, schedule: Schedule): Promise<number> => {
  const { trace, wrong } = await runSchedule(await readPackage(folder), schedule);
  for (const line of [...trace, ...wrong]) say(line);
  return wrong.length === 0 ? 0 : 1;
};

/** What is in a file that `showWrong` wrote. */
const keptIn = async (file: string): Promise<Schedule> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} is no schedule that was kept: ${why}`);
  }
};

const run = async (): Promise<number> => {
  const order = readArguments(process.argv.slice(2));
  if (order.kind === 'part') {
    await runPart(order.part);
    return 0;
  }
  const kept = order.kind === 'schedule' ? await keptIn(order.file) : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-simulation-'));
  try {
    await packagePipeline(folder, process.env as Record<string, string>);
    if (kept !== undefined) return await runOne(folder, kept);
    if (order.kind === 'seed') return await runOne(folder, scheduleOf(order.seed));
    return order.kind === 'work' ? await runAll(order.work, folder, order.processes) : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const text = error instanceof UsageError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${text}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
