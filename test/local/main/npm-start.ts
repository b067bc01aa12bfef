import { type ChildProcess, spawn } from 'node:child_process';
import { ROOT } from '../../guards/sources.ts';

/** A process of the project's, with all that it has shown. */
export interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

const follow = (child: ChildProcess): Run => {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => (text += String(part)));
  return { child, output: () => text, ended: new Promise((resolve) => child.on('exit', resolve)) };
};

/** As `npm start` does. */
export const startWith = (environment: Readonly<Record<string, string>>, ...args: readonly string[]): Run => {
  const env = { ...process.env, ...environment };
  const command = ['--import', 'tsx', 'local/main.ts', ...args];
  return follow(spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env }));
};

export const start = (...args: readonly string[]): Run => startWith({}, ...args);

/** Waits until the output holds it; fails if it ends before, or takes too long. */
export const shows = ({ child, output, ended }: Run, wanted: RegExp, seconds: number): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    const fail = () => reject(new Error(`it did not show ${wanted} within ${seconds} s:\n${output()}`));
    const timer = setTimeout(fail, seconds * 1000);
    const look = () => {
      const found = wanted.exec(output());
      if (found === null) return;
      clearTimeout(timer);
      resolve(found);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', look);
    void ended.then(fail);
    look();
  });
