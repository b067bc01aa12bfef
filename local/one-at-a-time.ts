import { createHash } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MILLISECONDS = 100;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Whether the lock was left behind by a process that is gone. */
const isStale = async (file: string): Promise<boolean> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text !== '' && !isAlive(Number(text));
};

const take = async (file: string): Promise<boolean> => {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
};

/** Does a piece of work while no other process of this machine does the work of the same name. */
export const oneAtATime = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const file = join(tmpdir(), `switchyard-${createHash('sha256').update(name).digest('hex').slice(0, 16)}.lock`);
  while (!(await take(file))) {
    if (await isStale(file)) await rm(file, { force: true });
    await pause(PAUSE_MILLISECONDS);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
};
