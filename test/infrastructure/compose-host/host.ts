import { type ExecFileException, execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Engine, freePorts } from './engine.ts';

export const SCRIPT = fileURLToPath(new URL('../../../infrastructure/compose-host/blue_green_deploy.sh', import.meta.url));

/** The line that the script ends with. */
export interface Result {
  readonly what: string;
  readonly code: string;
  readonly colour: string;
  readonly digest: string;
  readonly previous: string;
  readonly phase: string | null;
  readonly message: string;
  readonly logs: string;
  readonly seconds: Readonly<Record<string, number>>;
}

export interface Ran {
  readonly exit: number | null;
  readonly result: Result | undefined;
  readonly told: string;
}

const composeFile = (blue: number, green: number, folder: string, more: object): string =>
  JSON.stringify({
    version: '3.8',
    services: {
      ...Object.fromEntries(
        [
          ['blue', blue],
          ['green', green],
        ].map(([colour, port]) => [
          `app_${colour}`,
          {
            image: `\${APP_${String(colour).toUpperCase()}_IMAGE}`,
            restart: 'unless-stopped',
            ports: [`127.0.0.1:${port}:8080`],
            healthcheck: {
              test: ['CMD', '/bin/busybox', 'wget', '-q', '-O', '-', 'http://127.0.0.1:8080/health'],
              interval: '300ms',
              timeout: '2s',
              retries: 8,
            },
          },
        ]),
      ),
      migrate: {
        image: '${APP_IMAGE}',
        profiles: ['migrate'],
        network_mode: 'none',
        volumes: [`${folder}/db:/db`],
        command: ['/bin/busybox', 'sh', '/migrate.sh'],
      },
      ...more,
    },
  });

const upstream = (colour: string, port: number): string =>
  `upstream app {\n  server 127.0.0.1:${port};\n}\nmap "" $upstream_colour {\n  default ${colour};\n}\n`;

const nginxConf = (folder: string, port: number, log = 'off'): string => `
worker_processes 2;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log;
worker_shutdown_timeout 10s;
events { worker_connections 512; }
http {
  access_log ${log};
  client_body_temp_path ${folder}/temp;
  proxy_temp_path ${folder}/temp;
  fastcgi_temp_path ${folder}/temp;
  uwsgi_temp_path ${folder}/temp;
  scgi_temp_path ${folder}/temp;
  include ${folder}/staging/nginx/active_upstream.conf;
  server {
    listen 127.0.0.1:${port};
    add_header X-Upstream-Colour $upstream_colour always;
    location / { proxy_pass http://app; }
  }
}
`;

let hosts = 0;

/** nginx as a Compose service that sees the host's network, and its configuration where the host has it. */
const nginxService = (image: string, folder: string): object => ({
  nginx: {
    image,
    network_mode: 'host',
    volumes: [`${folder}:${folder}`],
    command: ['/usr/sbin/nginx', '-c', `${folder}/nginx.conf`, '-g', 'daemon off;'],
  },
});

/**
 * A folder that stands for a host: nginx runs, sends to blue, and nothing is deployed yet. `nginxImage`: nginx is a Compose service of that
 * image, and no process of the host.
 */
export const openHost = async (engine: Engine, settings: Readonly<Record<string, string | number>> = {}, nginxImage?: string) => {
  hosts += 1;
  const name = `host${process.pid}x${hosts}`;
  const folder = join(engine.folder, name);
  const staging = join(folder, 'staging');
  const [blue = 0, green = 0, front = 0] = await freePorts(3);
  mkdirSync(join(staging, 'nginx'), { recursive: true });
  mkdirSync(join(folder, 'db'));
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  write(
    'staging/docker-compose.yml',
    composeFile(blue, green, folder, nginxImage === undefined ? {} : nginxService(nginxImage, folder)),
  );
  write('staging/nginx/upstream.blue.conf', upstream('blue', blue));
  write('staging/nginx/upstream.green.conf', upstream('green', green));
  symlinkSync('upstream.blue.conf', join(staging, 'nginx/active_upstream.conf'));
  write('nginx.conf', nginxConf(folder, front));
  const set = (more: Readonly<Record<string, string | number>>): void =>
    write(
      'host.env',
      Object.entries({
        DEPLOY_DIR: staging,
        COMPOSE_PROJECT: name,
        NGINX_CONF: join(folder, 'nginx.conf'),
        CHECK_URL: `http://127.0.0.1:${front}/health`,
        HEALTH_SECONDS: 20,
        DRAIN_SECONDS: 5,
        STOP_SECONDS: 2,
        LOCK_SECONDS: 0,
        ...(nginxImage === undefined ? {} : { NGINX_SERVICE: 'nginx' }),
        ...settings,
        ...more,
      })
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
  set({});
  const nginx = (...words: readonly string[]) => promisify(execFile)('nginx', ['-c', join(folder, 'nginx.conf'), ...words]);
  if (nginxImage === undefined) await nginx();
  else {
    const compose = ['-p', name, '-f', join(staging, 'docker-compose.yml'), 'up', '-d', '--no-deps', 'nginx'];
    const env = { ...engine.env, APP_BLUE_IMAGE: 'none', APP_GREEN_IMAGE: 'none', APP_IMAGE: 'none' };
    await promisify(execFile)('docker-compose', compose, { env });
  }

  /** Runs the script to its end. */
  const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    new Promise((resolve) => {
      const child = execFile(
        SCRIPT,
        ['--config', join(folder, 'host.env'), ...words],
        { env: { ...engine.env, ...env }, maxBuffer: 1 << 24 },
        (error: ExecFileException | null, stdout, stderr) => {
          const line = stdout.trimEnd().split('\n').at(-1) ?? '';
          const exit = error === null ? 0 : child.exitCode;
          resolve({ exit, result: line.startsWith('{') ? JSON.parse(line) : undefined, told: stderr });
        },
      );
    });

  /** Who answers at the front: the name of its image. */
  const serves = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${front}/`, { headers: { connection: 'close' } }).catch(() => undefined);
    return answer?.ok === true ? (await answer.text()).trim() : `${answer?.status ?? 'nothing'}`;
  };

  const containers = async (): Promise<Readonly<Record<string, string>>> => {
    const format = '{{.Label "com.docker.compose.service"}} {{.State}}';
    const told = await engine.docker('ps', '--all', '--filter', `label=com.docker.compose.project=${name}`, '--format', format);
    return Object.fromEntries(told.split('\n').map((line) => line.split(' ') as [string, string]));
  };
  const idOf = (service: string): Promise<string> =>
    engine.docker(
      'ps',
      '--all',
      '--quiet',
      '--filter',
      `label=com.docker.compose.project=${name}`,
      '--filter',
      `label=com.docker.compose.service=${service}`,
    );

  /** A process of somebody else holds the lock until it is let go. */
  const holdLock = async (): Promise<() => Promise<void>> => {
    const child = spawn('/usr/bin/flock', [join(staging, 'deploy.lock'), 'sh', '-c', 'echo held; cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    return () => {
      child.stdin.end();
      return ended;
    };
  };

  const close = async (): Promise<void> => {
    if (nginxImage === undefined) await nginx('-s', 'quit').catch(() => undefined);
    const all = await engine.docker('ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${name}`);
    if (all !== '') await engine.docker('rm', '--force', ...all.split('\n'));
    rmSync(folder, { recursive: true, force: true });
  };
  return { close, containers, folder, front, holdLock, idOf, name, nginx, read, run, serves, set, staging, write };
};

export type Host = Awaited<ReturnType<typeof openHost>>;
