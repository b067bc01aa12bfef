import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Host, Ran } from '../ports.ts';

interface Options {
  readonly clock: Pick<Clock, 'track'>;
  readonly name: string;
  /** Stands for the machine: commands are run in it. */
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** More than is ever told of a command. */
const MOST = 1 << 20;
const NOT_STARTED = 127;
const KILLED = 137;

/** The whole group is ended, as the agent does. */
const kill = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

/** A folder of this machine as a host: what is sent to it is run by a shell, with this machine's files and network. */
export const processHost = ({ clock, name, folder, env = process.env }: Options): Host => {
  const run: Host['run'] = ({ script, workingDirectory, signal }) =>
    new Promise<Ran>((resolve) => {
      const cwd = workingDirectory === '' ? folder : workingDirectory;
      const child = spawn('/bin/sh', ['-s'], { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
      const texts = { out: '', err: '' };
      const keep = (name: 'out' | 'err') => (text: Buffer) => {
        if (texts[name].length < MOST) texts[name] += text.toString();
      };
      child.stdout.on('data', keep('out'));
      child.stderr.on('data', keep('err'));
      signal.addEventListener('abort', () => kill(child.pid), { once: true });
      child.once('error', (error) => resolve({ ...texts, exit: NOT_STARTED, err: error.message }));
      child.once('close', (code) => resolve({ ...texts, exit: code ?? KILLED }));
      child.stdin.on('error', () => undefined); // it may end before it has read all
      child.stdin.end(`${script}\n`);
    });
  return {
    id: `mi-${createHash('sha256').update(name).digest('hex').slice(0, 17)}`,
    name,
    tags: { Name: name },
    online: () => true,
    run: (order) => clock.track(run(order)),
  };
};
