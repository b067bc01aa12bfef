/**
 * `npm run bench`: the figures of docs/performance.md, as markdown.
 * Usage: npm run bench -- [<name>…] [--write]
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { bundles } from './bundles.ts';
import { copy } from './copy.ts';
import { flips } from './flips.ts';
import { history } from './history.ts';
import { load } from './load.ts';
import type { Findings, Measurement } from './measurement.ts';
import { withSection } from './report/document.ts';
import { describeMachine } from './report/machine.ts';
import { markdown } from './report/table.ts';
import { requests } from './requests.ts';
import { start } from './start.ts';
import { stoppedTask } from './stopped-task.ts';
import { targets } from './targets.ts';
import { verdictLag } from './verdict-lag.ts';

const MEASUREMENTS: readonly Measurement[] = [
  verdictLag,
  stoppedTask,
  requests,
  history,
  load,
  targets,
  flips,
  copy,
  bundles,
  start,
];
const DOCUMENT = new URL('../docs/performance.md', import.meta.url);

/** What was asked for, in one sentence, if it cannot be done. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

const asked = (): { readonly chosen: readonly Measurement[]; readonly write: boolean } => {
  const { values, positionals } = parsed();
  const unknown = positionals.find((name) => !MEASUREMENTS.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new UsageError(`there is no measurement "${unknown}"; there are: ${MEASUREMENTS.map(({ name }) => name).join(', ')}`);
  const chosen = positionals.length === 0 ? MEASUREMENTS : MEASUREMENTS.filter(({ name }) => positionals.includes(name));
  return { chosen, write: values.write ?? false };
};

const parsed = () => {
  try {
    return parseArgs({ options: { write: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    const why = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new UsageError(`${why}; known are --write and the names ${MEASUREMENTS.map(({ name }) => name).join(', ')}`);
  }
};

/** A measurement that was made alone may be of another commit or machine: each section says its own. */
const sectionOf = (machine: string, { tables, notes }: Findings): string =>
  [`Measured on: ${machine}.`, ...tables.map(markdown), notes.map((note) => `- ${note}`).join('\n')].join('\n\n');

const run = async (): Promise<void> => {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const { chosen, write } = asked();
  const machine = describeMachine(new Date());
  for (const { name, about, run: measure } of chosen) {
    const began = performance.now();
    const say = (line: string) => void process.stderr.write(`${name}: ${line}\n`);
    const section = sectionOf(machine, await measure(say));
    say(`took ${Math.round((performance.now() - began) / 1000)} s`);
    process.stdout.write(`## ${name}: ${about}\n\n${section}\n\n`);
    if (write) await writeFile(DOCUMENT, withSection(await readFile(DOCUMENT, 'utf8'), name, section));
  }
};

// What the measurements have started is ended by their own handlers of the process's end.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

run().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(
      `${error instanceof UsageError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
