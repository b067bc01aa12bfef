/**
 * One copy by the promote function's own copier, in a process of its own: `node process.mjs <from address> <repository>:<tag> <to address> <repository>:<tag>
 * [<progress file>]`. Writes what came of it as JSON; with a progress file it saves after each chunk, says how many bytes it
 * has sent by then, and goes on from what is there.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { registryClient } from '../../shared/registries/client.ts';
import { copyImage } from '../../shared/registries/copying.ts';
import { pause, timeout } from '../../shared/time.ts';

const [fromAddress = '', from = '', toAddress = '', to = '', file] = process.argv.slice(2);

let requests = 0;
let sent = 0;

const ports = {
  fetch: (async (url: string, init: RequestInit = {}) => {
    requests += 1;
    const response = await fetch(url, init);
    const length = new Headers(init.headers).get('content-length');
    if (response.ok && url.includes('/blobs/uploads/')) sent += Number(length ?? 0);
    return response;
  }) as typeof fetch,
  now: Date.now,
  timeout,
  pause,
};

const place = (address: string, name: string) => {
  const colon = name.lastIndexOf(':');
  const registry = registryClient({ address, credentials: async () => undefined, ports });
  return { registry, repository: name.slice(0, colon), reference: name.slice(colon + 1), tag: name.slice(colon + 1) };
};

const progress = file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
const copied = await copyImage(
  { from: place(fromAddress, from), to: place(toAddress, to), ...(progress === undefined ? {} : { progress }) },
  {
    until: Number.POSITIVE_INFINITY,
    now: Date.now,
    ...(file === undefined
      ? {}
      : {
          save: async (state) => {
            // In its place in one step: whoever kills this process finds one state or the other.
            writeFileSync(`${file}.new`, JSON.stringify(state));
            renameSync(`${file}.new`, file);
            process.stderr.write(`${sent}\n`);
          },
        }),
  },
);
process.stdout.write(JSON.stringify({ ...copied, requests, sent }));
