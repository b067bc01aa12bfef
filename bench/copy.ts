import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { DOCKER_REGISTRY, startDockerRegistry } from '../test/shared/registries/docker-registry.ts';
import { pushLarge, pushMany } from './copy/image.ts';
import type { Measurement } from './measurement.ts';
import { median } from './report/statistics.ts';

const SKOPEO = '/usr/bin/skopeo';
const RUNS = 5;
const CHUNK = 5 * 1024 * 1024;
const BYTES = 1e9;

/** What one process took: seconds of time and of processor, peak memory in MB; and what it said. */
interface Took {
  readonly seconds: number;
  readonly cpu: number;
  readonly memory: number;
  readonly said: string;
}

/** Clock ticks a second, in which Linux counts processor time (proc(5)). */
const TICKS = 100;

const read = (pid: number): { readonly cpu: number; readonly memory: number } | undefined => {
  try {
    const after = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const high = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return high === undefined ? undefined : { cpu: (Number(after[11]) + Number(after[12])) / TICKS, memory: Number(high) / 1000 };
  } catch {
    return undefined;
  }
};

/** Watches a process by what Linux says of it, each hundredth of a second: the same for both. `during` sees what it writes as errors. */
const watched = async (command: string, words: readonly string[], during?: (child: ChildProcess) => void): Promise<Took> => {
  const began = performance.now();
  const child = spawn(command, [...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  child.stdout.on('data', (text) => (said += String(text)));
  child.stderr.on('data', (text) => (complained += String(text)));
  during?.(child);
  let last = { cpu: 0, memory: 0 };
  const timer = setInterval(() => {
    last = read(child.pid ?? 0) ?? last;
  }, 10);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearInterval(timer);
  if (code !== 0 && during === undefined) throw new Error(`${command} ended with ${code}: ${complained}`);
  return { seconds: (performance.now() - began) / 1000, ...last, said };
};

const host = (address: string): string => new URL(address).host;

/** A registry that has nothing: skopeo remembers where it has put a layer before, and would mount it from there. */
const intoFresh = async <T>(work: (address: string) => Promise<T>): Promise<T> => {
  const { address, stop } = await startDockerRegistry();
  return work(address).finally(stop);
};

/** The copier against skopeo, between two real registries of this machine. */
export const copy: Measurement = {
  name: 'copy',
  about: 'copying an image between two registries, against skopeo copy --all',
  async run(say) {
    if (!existsSync(SKOPEO) || !existsSync(DOCKER_REGISTRY))
      throw new Error("this measurement needs Debian's skopeo and docker-registry: apt-get install -y skopeo docker-registry");
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
    const bundle = join(folder, 'process.mjs');
    const entry = fileURLToPath(new URL('copy/process.ts', import.meta.url));
    await build({
      entryPoints: [entry],
      outfile: bundle,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
    });
    const [from, to] = [await startDockerRegistry(), await startDockerRegistry()];
    try {
      say('pushes 1 GB in 12 layers, and 3 platforms with 150 small layers');
      await pushLarge(from.address);
      await pushMany(from.address);
      const ours = (address: string, image: string, target: string, ...more: readonly string[]) => [
        bundle,
        from.address,
        `${image}:v1`,
        address,
        `${target}:v1`,
        ...more,
      ];
      const theirs = (address: string, image: string, target: string) => [
        ...['copy', '--all', '--quiet', '--src-tls-verify=false', '--dest-tls-verify=false'],
        ...[`docker://${host(from.address)}/${image}:v1`, `docker://${host(address)}/${target}:v1`],
      ];
      const rows = [];
      for (const [image, what] of [
        ['large', '1 GB in 12 layers'],
        ['many', '3 platforms, 150 layers of 20 kB'],
      ] as const) {
        const took: { ours: Took[]; theirs: Took[] } = { ours: [], theirs: [] };
        // The first of each warms the disk, and is not counted.
        for (let run = 0; run <= RUNS; run += 1) {
          say(`${what}, run ${run} of ${RUNS}`);
          const one = await intoFresh((address) => watched(process.execPath, ours(address, image, 'app')));
          const other = await intoFresh((address) => watched(SKOPEO, theirs(address, image, 'app')));
          if (run === 0) continue;
          took.ours.push(one);
          took.theirs.push(other);
        }
        const of = (list: readonly Took[], key: 'seconds' | 'cpu' | 'memory') => median(list.map((one) => one[key]));
        for (const [label, key, decimals] of [
          ['time, s', 'seconds', 2],
          ['processor, s', 'cpu', 2],
          ['peak memory, MB', 'memory', 0],
        ] as const) {
          const [a, b] = [of(took.ours, key), of(took.theirs, key)];
          rows.push([what, label, a.toFixed(decimals), b.toFixed(decimals), (a / b).toFixed(2)]);
        }
      }
      await watched(process.execPath, ours(to.address, 'large', 'app'));
      const again = JSON.parse((await watched(process.execPath, ours(to.address, 'large', 'app'))).said);
      const half = await killedHalfWay(ours(to.address, 'large', 'killed', join(folder, 'progress.json')), say);
      return {
        tables: [
          {
            columns: [
              { title: 'image' },
              { title: 'median of 5' },
              { title: 'switchyard' },
              { title: 'skopeo' },
              { title: 'ratio' },
            ],
            rows,
          },
        ],
        notes: [
          `Copied once more, when it is there: ${again.requests} requests, ${again.bytes.moved} bytes moved.`,
          `Killed (SIGKILL) after ${half.before.toFixed(0)} MB that it knew of: the second run sent ${half.after.toFixed(0)} MB of the 1,000, ${(half.twice / CHUNK).toFixed(1)} chunks of 5 MiB more than were missing then (less than none: a last one had arrived).`,
        ],
      };
    } finally {
      await Promise.all([from.stop(), to.stop()]);
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** The copier says after each chunk how much it has sent; it is killed at half of it, and called again. */
const killedHalfWay = async (words: readonly string[], say: (line: string) => void) => {
  let sent = 0;
  await watched(process.execPath, words, (child) =>
    child.stderr?.on('data', (text) => {
      sent = Number(String(text).trim().split('\n').at(-1) ?? sent);
      if (sent >= BYTES / 2) child.kill('SIGKILL');
    }),
  );
  say(`killed after ${sent} bytes`);
  const again = JSON.parse((await watched(process.execPath, words)).said);
  return { before: sent / 1e6, after: again.sent / 1e6, twice: sent + again.sent - BYTES };
};
