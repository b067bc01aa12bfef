import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const git = (...words: readonly string[]): string => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).trim();

/** What runs, on what, and when. */
export const describeMachine = (now: Date): string => {
  const [cpu] = cpus();
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs/performance.md') !== '';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return [
    `${cpu?.model.trim()}, ${cpus().length} cores, ${memory}`,
    `Node ${process.version}`,
    `commit ${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`,
    now.toISOString().slice(0, 10),
  ].join('; ');
};
