import { readFile } from 'node:fs/promises';
import { EXIT } from './exit-codes.ts';
import { InterruptedError, type Io } from './io.ts';
import { run } from './run.ts';

/** The line that is being shown is taken away before anything else is written. */
const terminal = (interrupted: AbortSignal): Io => {
  const isTerminal = process.stdout.isTTY === true;
  let shown = false;
  const clear = (): void => {
    if (shown) process.stdout.write('\r\u001b[K');
    shown = false;
  };
  return {
    out(line) {
      clear();
      process.stdout.write(`${line}\n`);
    },
    err(line) {
      clear();
      process.stderr.write(`${line}\n`);
    },
    progress: isTerminal
      ? (line) => {
          process.stdout.write(`\r\u001b[K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
          shown = true;
        }
      : undefined,
    colours: isTerminal && (process.env['NO_COLOR'] ?? '') === '',
    env: process.env,
    now: Date.now,
    sleep: (milliseconds) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(timer);
          reject(new InterruptedError('interrupted'));
        };
        const timer = setTimeout(() => {
          interrupted.removeEventListener('abort', stop);
          resolve();
        }, milliseconds);
        if (interrupted.aborted) stop();
        else interrupted.addEventListener('abort', stop, { once: true });
      }),
    readFile: (path) => readFile(path, 'utf8'),
    aws: {},
  };
};

/** Ctrl-C once: what waits says how it stands and ends; where nothing waits, and the second time, it ends at once. */
export const main = async (): Promise<void> => {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted.code);
    controller.abort();
    setTimeout(() => process.exit(EXIT.interrupted.code), 1500).unref();
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await run(process.argv.slice(2), terminal(controller.signal));
};
