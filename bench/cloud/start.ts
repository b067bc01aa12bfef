import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { REGION } from '../../local/service.ts';
import { type BenchService, catalogueOf, imagesOf } from './services.ts';

/** SDK configuration that reaches the cloud. */
export interface CloudAccess {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface RunningCloud {
  readonly access: CloudAccess;
  readonly stop: () => Promise<void>;
}

/** Starts the local cloud with the packaged pipeline and these services in a process of its own. Rejects with what it said, if it ends. */
export const startCloud = async (services: readonly BenchService[]): Promise<RunningCloud> => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const [images, catalogue] = [join(folder, 'images.json'), join(folder, 'switchyard.yml')];
  await writeFile(images, JSON.stringify(imagesOf(services)));
  await writeFile(catalogue, catalogueOf(services));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('./process.ts', import.meta.url)), join(folder, 'package'), images],
    { env: { ...process.env, SWITCHYARD_CATALOGUE: catalogue }, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const stop = async () => {
    child.stdin.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`the local cloud of the measurement ended with exit code ${code}`))),
  ]);
  const { endpoint } = JSON.parse(String(line));
  return { access: { endpoint, region: REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }, stop };
};
