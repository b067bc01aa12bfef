import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readArguments } from '../../../local/arguments.ts';
import { systemClock } from '../../../local/clock.ts';
import { processHost } from '../../../local/hosts/process-host.ts';

describe('a folder that stands for a host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-host-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const host = processHost({ clock: systemClock(), name: 'web', folder });
  const run = (script: string, signal = new AbortController().signal) => host.run({ script, workingDirectory: '', signal });

  it('runs a script in it, and tells its exit code and what it wrote', async () => {
    expect(await run('echo here > made\necho out\necho err >&2\nexit 3')).toEqual({ exit: 3, out: 'out\n', err: 'err\n' });
    expect(existsSync(join(folder, 'made'))).toBe(true);
  });

  it('tells that there is no such script', async () => {
    expect(await run('/opt/nothing.sh')).toMatchObject({ exit: 127, err: expect.stringContaining('not found') });
  });

  it('ends it with all that it has begun', async () => {
    const ending = new AbortController();
    const ran = run('cat < /dev/zero > /dev/null & echo begun; wait', ending.signal);
    ending.abort();
    expect((await ran).exit).toBe(137);
  });

  it('has the same id each time, and its name as a tag', () => {
    expect(host.id).toMatch(/^mi-[0-9a-f]{17}$/);
    expect(processHost({ clock: systemClock(), name: 'web', folder: '/elsewhere' }).id).toBe(host.id);
    expect(host.tags).toEqual({ Name: 'web' });
  });
});

describe('npm start', () => {
  it('takes hosts by name and folder, and refuses what is none', () => {
    expect(readArguments(['--host', 'web=/srv/web', '--host', 'db=/srv/db']).hosts).toEqual({ web: '/srv/web', db: '/srv/db' });
    expect(readArguments([]).hosts).toEqual({});
    for (const wrong of ['web', '=folder', 'a b=c'])
      expect(() => readArguments(['--host', wrong])).toThrow('--host takes a name');
  });
});
