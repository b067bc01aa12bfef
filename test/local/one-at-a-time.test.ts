import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { oneAtATime } from '../../local/one-at-a-time.ts';

it('work of one name is done one after another, work of another beside it, and what fails lets the next go on', async () => {
  const name = `test ${process.pid} ${Math.random()}`;
  const seen: string[] = [];
  const gate: { open: () => void } = { open: () => undefined };
  const first = oneAtATime(name, async () => {
    seen.push('first begins');
    await new Promise<void>((resolve) => {
      gate.open = resolve;
    });
    seen.push('first ends');
    throw new Error('it failed');
  });
  const second = oneAtATime(name, async () => void seen.push('second'));
  await oneAtATime(`${name} other`, async () => void seen.push('other'));
  gate.open();
  await expect(first).rejects.toThrow('it failed');
  await second;
  expect(seen).toEqual(['first begins', 'other', 'first ends', 'second']);
});

it('a lock that a dead process left behind is taken', async () => {
  const name = `test ${process.pid} ${Math.random()}`;
  const file = join(tmpdir(), `switchyard-${createHash('sha256').update(name).digest('hex').slice(0, 16)}.lock`);
  // No process has this number: Linux and macOS stop far below.
  await writeFile(file, '2147483646');
  expect(await oneAtATime(name, async () => 'done')).toBe('done');
});
