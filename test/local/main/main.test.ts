import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../local/arguments.ts';
import { start, startWith } from './npm-start.ts';

describe('npm start', () => {
  it('tells every problem of a catalogue that is not valid', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-catalogue-'));
    const file = join(folder, 'wrong.yml');
    writeFileSync(file, 'environments:\n  prod:\n    registry: x\n    lan: service\n    services: {}\n');
    const run = startWith({ SWITCHYARD_CATALOGUE: file }, '--port', '0');
    expect(await run.ended).toBe(2);
    expect(run.output()).toMatch(
      /^the catalogue is not valid:\nwrong\.yml:4 environments\.prod\.lan: unknown key \(did you mean "lane"\?\).*\nwrong\.yml:5 /,
    );
    rmSync(folder, { recursive: true });
  });

  it('says in one sentence that a port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const run = start('--port', String((server.address() as AddressInfo).port));
    expect(await run.ended).toBe(1);
    expect(run.output().trim()).toMatch(/^port \d+ is taken: [^\n]+$/);
    server.close();
  });

  it('ends with 2 and what is known at a word that it does not know', async () => {
    const run = start('--speed', '2');
    expect(await run.ended).toBe(2);
    expect(run.output().trim()).toBe(UNKNOWN);
  });

  it.each([
    [['--port', 'x'], '--port takes a number from 0 to 65535, not "x"'],
    [['--speed', '2'], UNKNOWN],
    [['--faults', 'bad'], '--faults takes a number from 0 to 9007199254740991, not "bad"'],
  ])('refuses %j', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });
});

const UNKNOWN =
  "Unknown option '--speed'; known are --port N (0: any free one), --once, --faults <seed> (a whole number), --data <folder> and --host <name>=<folder>";
