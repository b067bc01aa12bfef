import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Measurement } from './measurement.ts';
import { median } from './report/statistics.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RUNS = 5;
const DEPLOYMENTS = 10_000;
/** What `npm start` says (local/main.ts). */
const RUNNING = 'the pipeline runs;';
const DEPLOYED = /^all [0-9]+ example services are deployed and verified$/;

const run = promisify(execFile);

/** Seconds until each was said, and the process's memory when all was deployed. */
interface Start {
  readonly running: number;
  readonly deployed: number;
  readonly megabytes: number;
}

interface Growth {
  readonly deployments: number;
  readonly heap: number;
  readonly rss: number;
}

/** How long `npm start` takes, and what its memory does. */
export const start: Measurement = {
  name: 'start',
  about: 'seconds of npm start until it is ready, and its memory',
  async run(say) {
    say(`npm start, ${RUNS} times`);
    const starts: Start[] = [];
    for (let turn = 0; turn < RUNS; turn += 1) starts.push(await startOnce());
    say(`${DEPLOYMENTS} deployments in virtual time; about 10 minutes`);
    const growth = await grow();
    return { tables: [startTable(starts), growthTable(growth)], notes: notes(growth) };
  },
};

/** From `npm start` to its lines, and its end. */
const startOnce = async (): Promise<Start> => {
  const began = performance.now();
  const child = spawn('npm', ['start', '--', '--port', '0'], { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const group = child.pid;
  if (group === undefined) throw new Error('npm could not be started');
  const ended = once(child, 'exit');
  const end = () => {
    if (child.exitCode === null) process.kill(-group, 'SIGINT');
  };
  process.once('exit', end);
  const said: string[] = [];
  try {
    let running = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      const seconds = (performance.now() - began) / 1000;
      if (line.startsWith(RUNNING)) running = seconds;
      if (DEPLOYED.test(line)) return { running, deployed: seconds, megabytes: await largestOf(group) };
    }
    throw new Error(`npm start ended before all was deployed; it said:\n${said.join('\n')}`);
  } finally {
    end();
    await ended;
    process.off('exit', end);
  }
};

/** Resident megabytes of the biggest process of a group: npm and tsx wait beside the one that does the work. */
const largestOf = async (group: number): Promise<number> => {
  const { stdout } = await run('ps', ['-A', '-o', 'pgid=,rss=']);
  const sizes = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([id]) => id === group)
    .map(([, kilobytes = 0]) => kilobytes * 1.024e-3);
  if (sizes.length === 0) throw new Error('the processes of npm start are not to be seen');
  return Math.max(...sizes);
};

const grow = async (): Promise<readonly Growth[]> => {
  const script = fileURLToPath(new URL('./virtual/growth.ts', import.meta.url));
  const { stdout } = await run(process.execPath, ['--expose-gc', '--import', 'tsx', script, String(DEPLOYMENTS)]);
  return stdout
    .trim()
    .split('\n')
    .map((line): Growth => JSON.parse(line));
};

const startTable = (starts: readonly Start[]) => {
  const row = (title: string, values: readonly number[]) => [title, median(values), Math.min(...values), Math.max(...values)];
  return {
    columns: [
      { title: `npm start, ${starts.length} times` },
      { title: 'median', decimals: 1 },
      { title: 'least', decimals: 1 },
      { title: 'most', decimals: 1 },
    ],
    rows: [
      row(
        'until the pipeline runs (s)',
        starts.map(({ running }) => running),
      ),
      row(
        'until all five example services are deployed and verified (s)',
        starts.map(({ deployed }) => deployed),
      ),
      row(
        'resident memory then, with the threads of the functions (MB)',
        starts.map(({ megabytes }) => megabytes),
      ),
    ],
  };
};

const growthTable = (growth: readonly Growth[]) => ({
  columns: [{ title: 'deployments' }, { title: 'heap in use (MB)', decimals: 0 }, { title: 'resident (MB)', decimals: 0 }],
  rows: growth.map(({ deployments, heap, rss }) => [deployments.toLocaleString('en'), heap / 1e6, rss / 1e6]),
});

const notes = (growth: readonly Growth[]): readonly string[] => {
  // The first thousand fill what does not grow further: each service's own list, the SDK's caches, compiled code.
  const [from, last] = [growth[1], growth.at(-1)];
  if (from === undefined || last === undefined || last === from) throw new Error('the growth has too few points');
  const each = (last.heap - from.heap) / (last.deployments - from.deployments);
  return [
    `After the first thousand the heap grows by ${(each / 1000).toFixed(1)} kB for each deployment: its records in the table, its task definition and revisions.`,
    'The deployments of the second table are made in virtual time: the whole cloud and the functions in one process without threads and sockets, 20 services with one task each, an hour after each 500. The heap is measured after a collection; what is resident is what the collector has not given back.',
  ];
};
