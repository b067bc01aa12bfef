/**
 * `npm run mutants`: whether the simulator finds planted bugs. Each patch of this folder is applied to a copy of the project, and schedules
 * run until one breaks an invariant; with `--known` only the schedule that docs/reliability.md names, of every n-th bug with `--every n`.
 * Usage: npm run mutants [-- <name>…] [--schedules N | --known [--every N]]
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { GITHUB_FROM, PROMOTIONS_FROM, SUBSCRIBERS_FROM, TARGETS_FROM, TERRAFORM_FROM, ZIPS_FROM } from '../simulation/plan.ts';
import { type Known, knownIn } from './known.ts';
import { patched } from './patch.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = fileURLToPath(new URL('.', import.meta.url));

const run = promisify(execFile);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The files that git knows, with the modules beside them. */
const copyOf = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-mutant-'));
  const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await run('git', listed, { cwd: ROOT, maxBuffer: 2 ** 24 });
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(ROOT, file), join(folder, file));
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
};

interface Finding {
  readonly seed: number;
  readonly broke: string;
}

/** Seeds are divided by what they are about, and mutants by the first words of their names. */
const FROM: Readonly<Record<string, number>> = {
  promotion: PROMOTIONS_FROM,
  shift: TARGETS_FROM,
  module: TERRAFORM_FROM,
  told: SUBSCRIBERS_FROM,
  zip: ZIPS_FROM,
  github: GITHUB_FROM,
  mail: GITHUB_FROM,
};

const firstSeed = (name: string): number => (FROM[name.split('-')[0] ?? ''] ?? 0) + 1;

/** The first schedule from that seed on that breaks something, and what; `undefined`: none does. */
const tryMutant = async (name: string, from: number, schedules: number): Promise<Finding | undefined> => {
  const folder = await copyOf();
  try {
    const patch = await readFile(join(FOLDER, `${name}.patch`), 'utf8');
    for (const [file, text] of await patched(patch, (from) => readFile(join(folder, from), 'utf8')))
      await writeFile(join(folder, file), text);
    const range = ['--from', String(from), '--schedules', String(schedules)];
    const words = ['--import', 'tsx', 'test/simulation/main.ts', '--first', ...range];
    const { stdout } = await run(process.execPath, words, { cwd: folder, maxBuffer: 2 ** 26 }).catch(
      (error: { readonly stdout: string; readonly stderr: string }) => {
        if (/breaks what must hold/.test(error.stdout)) return error;
        throw new Error(`${name} cannot be tried: ${error.stderr}`);
      },
    );
    const [, seed, broke = ''] = /^seed (\d+) breaks what must hold:\n.*\n {2}(.*)$/m.exec(stdout) ?? [];
    return seed === undefined ? undefined : { seed: Number(seed), broke };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** How many are not found. */
const search = async (names: readonly string[], schedules: number): Promise<number> => {
  let missed = 0;
  say('| mutant | what is wrong in it | found by seed | it breaks |\n|---|---|---:|---|');
  for (const name of names) {
    const [about = ''] = (await readFile(join(FOLDER, `${name}.patch`), 'utf8')).split('\n');
    const found = await tryMutant(name, firstSeed(name), schedules);
    if (found === undefined) missed += 1;
    say(`| ${name} | ${about} | ${found?.seed ?? 'not found'} | ${found?.broke.slice(0, 100) ?? ''} |`);
  }
  return missed;
};

/** How many are not found any more by the schedule that found them; one for each core at a time. */
const repeat = async (known: readonly Known[]): Promise<number> => {
  const left = [...known];
  let missed = 0;
  const one = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { name, seed, breaks } = next;
      const found = await tryMutant(name, seed, 1);
      const again = found?.broke.startsWith(`${breaks}:`) === true;
      if (!again) missed += 1;
      say(
        `${name}: seed ${seed} ${again ? 'breaks' : `does not break ${breaks}, but`} ${found?.broke.slice(0, 100) ?? 'nothing'}`,
      );
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, one));
  say(`${known.length - missed} of ${known.length} planted bugs are found by the schedule that is known to find them`);
  return missed;
};

const count = (name: string, text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} ${text}: give a whole number, 1 or more`);
  return number;
};

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    options: { schedules: { type: 'string' }, known: { type: 'boolean', default: false }, every: { type: 'string' } },
    allowPositionals: true,
  });
  if (values.known && values.schedules !== undefined)
    throw new Error('--known runs one schedule of each bug: leave --schedules out');
  if (!values.known && values.every !== undefined) throw new Error('--every goes with --known: it says which of those are run');
  const all = (await readdir(FOLDER)).filter((file) => file.endsWith('.patch')).map((file) => file.replace(/\.patch$/, ''));
  const unknown = positionals.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`there is no mutant "${unknown}"; there are: ${all.join(', ')}`);
  const names = positionals.length === 0 ? all : positionals;
  if (!values.known) return (await search(names, count('schedules', values.schedules ?? '20000'))) === 0 ? 0 : 1;
  const every = count('every', values.every ?? '1');
  const known = knownIn(await readFile(join(ROOT, 'docs/reliability.md'), 'utf8')).filter(({ name }) => names.includes(name));
  return (await repeat(known.filter((_, index) => index % every === 0))) === 0 ? 0 : 1;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
