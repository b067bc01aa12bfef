import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Measurement } from './measurement.ts';
import type { Load } from './virtual/load.ts';

/** Environments, and services in each: one request for each service, at once. */
const SIZES = [
  [50, 20],
  [500, 20],
] as const;

/** A burst of requests for many services at once: whether each ends, lanes go in order, and what it takes. */
export const load: Measurement = {
  name: 'load',
  about: 'a burst of 10,000 requests for 500 environments with 20 services each',
  async run(say) {
    const found: Load[] = [];
    for (const [environments, each] of SIZES) {
      say(`${environments * each} requests at once, in virtual time; up to ${Math.ceil((environments * each) / 500)} minutes`);
      const one = await burst(environments, each, say);
      const asked = environments * each;
      if (one.succeeded !== asked) throw new Error(`${one.succeeded} of ${asked} requests succeeded`);
      if (one.outOfOrder > 0) throw new Error(`${one.outOfOrder} deployments started before an earlier one of their lane`);
      found.push(one);
    }
    return { tables: [table(found)], notes: notes(found) };
  },
};

const burst = async (environments: number, each: number, say: (line: string) => void): Promise<Load> => {
  const script = fileURLToPath(new URL('./virtual/load.ts', import.meta.url));
  const words = ['--expose-gc', '--max-old-space-size=6000', '--import', 'tsx', script, String(environments), String(each)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let last = '';
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    say(line);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`the burst of ${environments} environments ended with ${code}`);
  return JSON.parse(last);
};

const table = (found: readonly Load[]) => ({
  columns: [
    { title: 'requests at once' },
    { title: 'verdicts' },
    { title: 'out of order' },
    { title: 'virtual minutes until the last' },
    { title: 'requests to AWS for each', decimals: 1 },
    { title: 'invocations for each', decimals: 1 },
    { title: 'heap before (MB)', decimals: 0 },
    { title: 'at most (MB)', decimals: 0 },
    { title: 'after (MB)', decimals: 0 },
  ],
  rows: found.map(({ verdicts, outOfOrder, minutes, requests, invocations, heap }) => [
    verdicts.toLocaleString('en'),
    verdicts.toLocaleString('en'),
    outOfOrder,
    minutes,
    requests / verdicts,
    invocations / verdicts,
    heap.before / 1e6,
    heap.most / 1e6,
    heap.after / 1e6,
  ]),
});

const notes = (found: readonly Load[]): readonly string[] => [
  'Twenty services of an environment share its lane and go one after another; environments go side by side. The heap is that of the functions and of the whole local cloud, which holds every service, task, alarm, message and item; it is measured after a collection, once a virtual minute.',
  `Working time: ${found.map(({ verdicts, seconds }) => `${Math.round(seconds)} s for ${verdicts.toLocaleString('en')}`).join(', ')}. A role has no room for so many services (docs/scale.md): their permissions are granted by a policy of the account.`,
];
