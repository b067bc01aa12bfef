import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processBuilds } from '../../../local/codebuild/process-builds.ts';
import type { BuildCommands } from '../../../local/ports.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-host-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const machine = async () => {
  count += 1;
  const order = {
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1:1',
    accessKeyId: 'ASIATEST',
    source: { type: 'NO_SOURCE' },
  } as const;
  const made = processBuilds(folder).open({ ...order, id: `shop:${count}` });
  await made.download();
  const run = (commands: readonly string[], more: Partial<BuildCommands> = {}) =>
    made.run({ phase: 'build', commands, environment: { TAG: 'v1' }, shell: 'bash', ...more });
  return { ...made, run, output: () => readFileSync(fileURLToPath(made.log ?? ''), 'utf8') };
};

describe('a build as a child process', () => {
  it('runs one command after another in one shell, and says which has failed, by its exit code', async () => {
    const { run, output } = await machine();
    expect(await run(['WORD=one', 'echo "the word is $WORD $TAG"'])).toEqual({});
    expect(output()).toContain('the word is one v1');
    expect(await run(['true', '(exit 7)', 'echo not reached'])).toEqual({ failed: { command: '(exit 7)', exitCode: 7 } });
    expect(await run(['exit 4'])).toEqual({ failed: { command: 'exit 4', exitCode: 4 } });
    expect(output().match(/^not reached$/m)).toBe(null);
  });

  it('knows in the next phase what was exported, and where it was', async () => {
    const { run, output } = await machine();
    await run(["export NAME='two words'; LOCAL=gone", 'mkdir deep && cd deep'], { shell: 'sh' });
    await run(['echo "<$NAME> <$LOCAL> in ${PWD##*/}"']);
    expect(output()).toContain('<two words> <> in deep');
  });

  it("has the cloud's address, credentials of the project's role, and nobody's own", async () => {
    process.env['AWS_PROFILE'] = 'mine';
    const { run, output } = await machine();
    await run(['echo "$AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID $AWS_REGION <$AWS_PROFILE>"']);
    delete process.env['AWS_PROFILE'];
    expect(output()).toContain('http://127.0.0.1:1 ASIATEST eu-west-1 <>');
  });

  it('is ended with everything that it has begun', async () => {
    const { run, close } = await machine();
    const mark = join(folder, 'mark');
    const running = run([`(touch ${mark}; sleep 600) & wait`]);
    while (!existsSync(mark)) await new Promise((resolve) => setImmediate(resolve));
    await close();
    expect(await running).toMatchObject({ failed: { exitCode: 137 } });
  });

  it('reads files of its source, and none outside of it', async () => {
    const { run, file } = await machine();
    await run(['echo "version: 0.2" > buildspec.yml']);
    expect(await file('buildspec.yml')).toBe('version: 0.2\n');
    expect(await file('none.yml')).toBe(undefined);
    expect(() => file('../exported')).toThrow('outside of the source');
  });
});
