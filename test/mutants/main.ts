/**
 * `npm run mutants`: whether the simulator finds planted bugs. Each patch of this folder is applied to a copy of the project, and schedules
 * run until one breaks an invariant.
 * Usage: npm run mutants [-- <name>…] [--schedules N]
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { GITHUB_FROM, PROMOTIONS_FROM, SUBSCRIBERS_FROM, TARGETS_FROM, TERRAFORM_FROM, ZIPS_FROM } from '../simulation/plan.ts';
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

/** The first schedule that breaks something, and what; `undefined`: none does. */
const tryMutant = async (name: string, schedules: number): Promise<Finding | undefined> => {
  const folder = await copyOf();
  try {
    const patch = await readFile(join(FOLDER, `${name}.patch`), 'utf8');
    for (const [file, text] of await patched(patch, (from) => readFile(join(folder, from), 'utf8')))
      await writeFile(join(folder, file), text);
    const from = firstSeed(name);
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

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    options: { schedules: { type: 'string', default: '20000' } },
    allowPositionals: true,
  });
  const all = (await readdir(FOLDER)).filter((file) => file.endsWith('.patch')).map((file) => file.replace(/\.patch$/, ''));
  const unknown = positionals.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`there is no mutant "${unknown}"; there are: ${all.join(', ')}`);
  let missed = 0;
  say('| mutant | what is wrong in it | found by seed | it breaks |\n|---|---|---:|---|');
  for (const name of positionals.length === 0 ? all : positionals) {
    const [about = ''] = (await readFile(join(FOLDER, `${name}.patch`), 'utf8')).split('\n');
    const found = await tryMutant(name, Number(values.schedules));
    if (found === undefined) missed += 1;
    say(`| ${name} | ${about} | ${found?.seed ?? 'not found'} | ${found?.broke.slice(0, 100) ?? ''} |`);
  }
  return missed === 0 ? 0 : 1;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
