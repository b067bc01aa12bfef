import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const DOCKER_REGISTRY = '/usr/bin/docker-registry';

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Debian's registry, with a folder of its own, on a free port; another one where somebody was faster. */
export const startDockerRegistry = async (
  attempts = 5,
): Promise<{ readonly address: string; readonly stop: () => Promise<void> }> => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-registry-'));
  const port = await freePort();
  const config = join(folder, 'config.yml');
  writeFileSync(
    config,
    `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${folder}\nhttp:\n  addr: 127.0.0.1:${port}\nlog:\n  level: info\n`,
  );
  const child = spawn(DOCKER_REGISTRY, ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<boolean>((resolve) => child.once('exit', () => resolve(false)));
  const listens = new Promise<boolean>((resolve) => {
    child.stderr.on('data', (text: Buffer) => {
      if (text.includes('listening on')) resolve(true);
    });
  });
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (await Promise.race([listens, ended])) return { address: `http://127.0.0.1:${port}`, stop };
  await stop();
  if (attempts === 1) throw new Error('the registry does not start');
  return startDockerRegistry(attempts - 1);
};
