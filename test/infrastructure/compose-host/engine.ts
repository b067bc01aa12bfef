import { execFile, spawn } from 'node:child_process';
import { accessSync, chmodSync, constants, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startDockerRegistry } from '../../shared/registries/docker-registry.ts';

const run = promisify(execFile);

/** Of Debian: docker.io, docker-compose, nginx, docker-registry, busybox-static. */
const TOOLS = ['/usr/sbin/dockerd', '/usr/bin/docker-compose', '/usr/sbin/nginx', '/usr/bin/docker-registry', '/bin/busybox'];

const isThere = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Whether a Docker engine can be started here. */
export const hasEngine = TOOLS.every(isThere) && process.getuid?.() === 0;

/** Free now: whoever takes one may be slower than somebody else, and is told so by what does not start. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : 0);
          }),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

/** What an image does. Whatever it is, it tells its name at `/`. */
export interface Behaviour {
  /** Answers /health; else it is never healthy. */
  readonly healthy?: boolean;
  /** Exit code of its migration. */
  readonly migration?: number;
  /** Ends at once, with this exit code. */
  readonly exits?: number;
  /** Seconds that its migration takes. */
  readonly migrationSeconds?: number;
}

const script = (
  name: string,
  { healthy = true, migration = 0, exits, migrationSeconds = 0 }: Behaviour,
): Record<string, string> => ({
  'www/index.html': `${name}\n`,
  ...(healthy ? { 'www/health': `${name}\n` } : {}),
  'run.sh': [
    `echo "${name} starts"`,
    ...(exits === undefined ? [] : [`echo "${name} cannot go on"`, `exit ${exits}`]),
    'trap "exit 0" TERM',
    '/bin/busybox httpd -f -p 8080 -h /www & wait',
  ].join('\n'),
  'migrate.sh': [
    `echo "migrates to ${name}"`,
    `echo "begin ${name}" >> /db/log`,
    `/bin/busybox sleep ${migrationSeconds}`,
    `echo "end ${name} ${migration}" >> /db/log`,
    `exit ${migration}`,
  ].join('\n'),
});

/** A Docker engine and a registry of their own; nothing is pulled from outside. */
export const startEngine = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-engine-'));
  const address = `unix://${folder}/docker.sock`;
  const env = { ...process.env, DOCKER_HOST: address, DOCKER_CONFIG: join(folder, 'config') };
  const registry = await startDockerRegistry();
  const host = registry.address.replace('http://', '');
  // Apart from any other engine of this machine: no bridge and no rules of the packet filter are shared.
  const engine = spawn(
    '/usr/sbin/dockerd',
    [
      ...['-H', address, '--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['--pidfile', join(folder, 'docker.pid'), '--bridge=none', '--iptables=false', '--ip6tables=false'],
      ...['--default-address-pool', `base=10.${Number(host.split(':')[1]) % 256}.0.0/16,size=24`],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => engine.once('exit', () => resolve()));
  let told = '';
  const listens = new Promise<void>((resolve, reject) => {
    engine.stderr.on('data', (text: Buffer) => {
      told = (told + text.toString()).slice(-4000);
      if (told.includes('API listen on')) resolve();
    });
    engine.once('exit', () => reject(new Error(`dockerd does not start: ${told}`)));
  });
  const docker = async (...words: readonly string[]): Promise<string> => {
    const { stdout } = await run('docker', [...words], { env, maxBuffer: 1 << 24 });
    return stdout.trim();
  };
  const stop = async (): Promise<void> => {
    engine.kill();
    await ended;
    await registry.stop();
    // the host's own network, where a container had it, stays mounted
    await run('umount', [join(folder, 'exec/netns/default')]).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
  await listens;

  /** An image from nothing but files; `name@sha256:…`, as the registry calls it. */
  const push = async (name: string, files: Readonly<Record<string, string>>, binaries: readonly string[], command: string) => {
    const root = mkdtempSync(join(folder, 'image-'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    for (const path of binaries) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      copyFileSync(path, join(root, path));
      chmodSync(join(root, path), 0o755);
    }
    await run('tar', ['-C', root, '-cf', `${root}.tar`, '.']);
    const tag = `${host}/${name}`;
    await docker('import', '--change', `CMD ${command}`, `${root}.tar`, tag);
    await docker('push', '--quiet', tag);
    const digests = await docker('image', 'inspect', '--format', '{{index .RepoDigests 0}}', tag);
    await docker('image', 'rm', tag);
    return digests;
  };

  const image = (name: string, behaviour: Behaviour = {}): Promise<string> =>
    push(`app:${name}`, script(name, behaviour), ['/bin/busybox'], '["/bin/busybox","sh","/run.sh"]');

  /** Debian's nginx, with the libraries that it is linked against, and the user that its workers are. */
  const nginx = async (): Promise<string> => {
    const { stdout } = await run('ldd', ['/usr/sbin/nginx']);
    const libraries = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = '']) => path);
    const files = {
      'etc/passwd': 'root:x:0:0::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n',
      'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
      'var/log/nginx/error.log': '',
    };
    return push('nginx:debian', files, ['/usr/sbin/nginx', ...libraries], '["/usr/sbin/nginx"]');
  };

  return { docker, env, folder, image, nginx, push, registry: host, stop };
};

export type Engine = Awaited<ReturnType<typeof startEngine>>;
