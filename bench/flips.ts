import { Agent, get } from 'node:http';
import type { Socket } from 'node:net';
import { hasEngine, startEngine } from '../test/infrastructure/compose-host/engine.ts';
import { type Host, openHost, type Ran } from '../test/infrastructure/compose-host/host.ts';
import type { Findings, Measurement } from './measurement.ts';
import { median } from './report/statistics.ts';
import type { Cell } from './report/table.ts';

const REQUESTS = 100_000;
const CONNECTIONS = 50;
/** Of which the first is a deployment of a new image, the others go back and forth. */
const LEAST_FLIPS = 6;

interface Load {
  done: number;
  failed: number;
  /** A kept connection was closed before the request had any answer: sent once more, by another, as HTTP lets a client do (RFC 9112, 9.3.1). */
  again: number;
  readonly answers: Map<string, number>;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly stale: boolean;
}

/** Node's own `reusedSocket` says nothing of a socket that goes from one request to a waiting one. */
const used = new WeakSet<Socket>();

/** `agent`: connections that are kept open; absent: a connection for this request alone. */
const ask = (port: number, agent: Agent | false): Promise<Answer> =>
  new Promise((resolve) => {
    let reused = false;
    const request = get({ host: '127.0.0.1', port, path: '/', agent }, (response) => {
      let body = '';
      response.on('data', (text: Buffer) => {
        body += text.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: body.trim(), stale: false }));
      response.on('error', () => resolve({ status: 0, body, stale: false }));
    });
    request.on('socket', (socket) => {
      reused = used.has(socket);
      used.add(socket);
    });
    request.on('error', () => resolve({ status: 0, body: '', stale: reused }));
  });

/** One of the connections: one request after another, until all are made and the flips are over. */
const client = async (port: number, agent: Agent | false, load: Load, isOver: () => boolean): Promise<void> => {
  while (!isOver()) {
    let answer = await ask(port, agent);
    while (answer.stale) {
      load.again += 1;
      answer = await ask(port, agent);
    }
    load.done += 1;
    if (answer.status !== 200) load.failed += 1;
    load.answers.set(answer.body, (load.answers.get(answer.body) ?? 0) + 1);
  }
};

/** Seconds of the script from its begin to the answer of the new colour, without what the image takes to become healthy. */
const untilFlip = ({ seconds = {} }: NonNullable<Ran['result']>): number =>
  ['lock', 'preflight', 'pull', 'migrate', 'start', 'flip', 'check'].reduce((sum, phase) => sum + (seconds[phase] ?? 0), 0);

const resultOf = ({ exit, result, told }: Ran): NonNullable<Ran['result']> => {
  if (exit !== 0 || result === undefined) throw new Error(`the script ended with ${exit}: ${told}`);
  return result;
};

const underLoad = async (host: Host, keepAlive: boolean, first: string) => {
  const load: Load = { done: 0, failed: 0, again: 0, answers: new Map() };
  const agent = keepAlive ? new Agent({ keepAlive, maxSockets: CONNECTIONS }) : false;
  let flips = 0;
  const isOver = () => load.done >= REQUESTS && flips >= LEAST_FLIPS;
  const clients = Array.from({ length: CONNECTIONS }, () => client(host.front, agent, load, isOver));
  const deployed = untilFlip(resultOf(await host.run([first])));
  flips += 1;
  const back: number[] = [];
  while (!isOver()) {
    back.push(untilFlip(resultOf(await host.run(['rollback']))));
    flips += 1;
  }
  await Promise.all(clients);
  if (agent !== false) agent.destroy();
  return { load, flips, deployed, back: median(back) };
};

/** Requests that fail while a colour is flipped, and how long the script takes. */
export const flips: Measurement = {
  name: 'flips',
  about: 'a host is flipped under load: compose-host with real nginx and Docker',
  async run(say) {
    if (!hasEngine)
      return { tables: [], notes: ["Not measured: it needs root and Debian's docker.io, docker-compose and nginx."] };
    const engine = await startEngine();
    const rows: (readonly Cell[])[] = [];
    try {
      const images = [await engine.image('one'), await engine.image('two')] as const;
      for (const [what, keepAlive] of [
        ['a connection for each request', false],
        ['connections kept open', true],
      ] as const) {
        say(`${REQUESTS} requests, ${what}`);
        const host = await openHost(engine, { DRAIN_SECONDS: 30 });
        resultOf(await host.run([images[0]]));
        const { load, flips: count, deployed, back } = await underLoad(host, keepAlive, images[1]);
        await host.close();
        const { done, failed, again } = load;
        rows.push([what, done, count, failed, again, deployed, back]);
      }
    } finally {
      await engine.stop();
    }
    return findings(rows);
  },
};

const findings = (rows: readonly (readonly Cell[])[]): Findings => ({
  tables: [
    {
      columns: [
        { title: '50 clients, one request after another' },
        { title: 'requests' },
        { title: 'flips' },
        { title: 'failed' },
        { title: 'sent again' },
        { title: 'deploy: s to flip', decimals: 2 },
        { title: 'back: s to flip', decimals: 2 },
      ],
      rows,
    },
  ],
  notes: [
    '"s to flip": from the beginning of the script to the answer of the new colour through nginx, without the time until its container is healthy, under that load; the median of the ways back.',
    '"Sent again": nginx closed a kept connection at its reload, while a request was on its way; clients send such a request again, by another connection.',
    'Failed is anything but a 200; without a status, the connection was closed before an answer. The machine carries the load, nginx, Docker and both colours (a static busybox that forks for each request).',
  ],
});
