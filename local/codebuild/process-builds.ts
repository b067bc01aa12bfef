import { spawn } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readZip } from '../lambda/zip.ts';
import type { BuildCommands, BuildHost, BuildMachine, BuildOrder } from '../ports.ts';

/** What a build has of this machine's environment, and no more: nobody's own credentials. */
const HANDED_ON = ['PATH', 'LANG', 'TMPDIR', 'TF_PLUGIN_CACHE_DIR', 'TF_CLI_CONFIG_FILE', 'PYENV_VERSION', 'PYENV_ROOT'] as const;

const SECRET = 'local';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * One shell for the commands of a phase; what they export, and where they are, is there in the next phase too. Which command is under way is
 * written down before it, so that it is known which one has failed.
 */
const scriptOf = (commands: readonly string[], folder: string): string =>
  [
    `[ -f ${quoted(join(folder, 'exported'))} ] && . ${quoted(join(folder, 'exported'))}`,
    `cd "$(cat ${quoted(join(folder, 'place'))})" || exit 1`,
    `trap 'status=$?; export -p > "${join(folder, 'exported')}"; pwd > "${join(folder, 'place')}"; exit "$status"' EXIT`,
    ...commands.flatMap((command, index) => [
      `printf %s ${index} > ${quoted(join(folder, 'command'))}`,
      command.trimEnd(),
      `status=$?; [ "$status" -eq 0 ] || exit "$status"`,
    ]),
  ].join('\n');

const sourceFiles = async ({ region, endpoint, accessKeyId, source }: BuildOrder) => {
  const { location = '' } = source;
  const slash = location.indexOf('/');
  const credentials = { accessKeyId, secretAccessKey: SECRET };
  const s3 = new S3Client({ region, endpoint, credentials, forcePathStyle: true, maxAttempts: 1 });
  const [Bucket, Key] = [location.slice(0, slash), location.slice(slash + 1)];
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return readZip(Buffer.from((await Body?.transformToByteArray()) ?? []));
};

/** Never outside of the folder, whatever the archive says. */
const within = (folder: string, path: string): string => {
  const full = normalize(join(folder, path));
  if (!full.startsWith(`${folder}/`)) throw new Error(`"${path}" is outside of the source`);
  return full;
};

const environmentOf = ({ region, endpoint, accessKeyId }: BuildOrder, own: BuildCommands['environment'], home: string) => ({
  ...Object.fromEntries(HANDED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
  HOME: home,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_REGION: region,
  AWS_EC2_METADATA_DISABLED: 'true',
  ...own,
});

/** A machine is a folder; its log is a file that stays. */
const openMachine = (folder: string, order: BuildOrder): BuildMachine => {
  const name = order.id.slice(order.id.indexOf(':') + 1);
  const own = join(folder, name);
  const source = join(own, 'src');
  const logFile = join(folder, `${name}.log`);
  const running = new Set<ReturnType<typeof spawn>>();
  let written = Promise.resolve();
  const log = (text: string): Promise<void> => {
    written = written.then(() => appendFile(logFile, text));
    return written;
  };

  const exitCodeOf = (child: ReturnType<typeof spawn>): Promise<number> =>
    new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 137)));
    });

  return {
    log: pathToFileURL(logFile).href,
    async download() {
      await mkdir(source, { recursive: true });
      await writeFile(join(own, 'place'), source);
      await log('');
      if (order.source.type === 'NO_SOURCE') return;
      for (const { name: path, content } of await sourceFiles(order)) {
        const file = within(source, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      }
    },
    file: (path) => readFile(within(source, path), 'utf8').catch(() => undefined),
    async run({ commands, environment, shell }) {
      if (commands.length === 0) return {};
      const script = join(own, 'script');
      await writeFile(script, scriptOf(commands, own));
      await log(commands.map((command) => `[Container] Running command ${command}\n`).join(''));
      const env = environmentOf(order, environment, own);
      const child = spawn(shell, [script], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      running.add(child);
      child.stdout?.on('data', (text: Buffer) => void log(text.toString()));
      child.stderr?.on('data', (text: Buffer) => void log(text.toString()));
      const exitCode = await exitCodeOf(child);
      running.delete(child);
      await written;
      if (exitCode === 0) return {};
      const index = Number(await readFile(join(own, 'command'), 'utf8').catch(() => '0'));
      return { failed: { command: commands[index] ?? '', exitCode } };
    },
    async close() {
      for (const child of running) {
        const ended = new Promise((resolve) => child.once('close', resolve));
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        await ended;
      }
    },
  };
};

/**
 * Builds as child processes of this one, with the cloud's address and credentials of the project's role, in a folder each. They may do
 * whatever their commands say: on this machine, as its user. Whoever gives the folder deletes it.
 */
export const processBuilds = (folder: string): BuildHost => ({ open: (order) => openMachine(folder, order) });
