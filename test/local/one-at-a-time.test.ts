import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { oneAtATime } from '../../local/one-at-a-time.ts';

it('work of one name is done one after another, work of another beside it, and what fails lets the next go on', async () => {
  const name = `test ${process.pid} ${Math.random()}`;
  const seen: string[] = [];
  const settable = () => {
    let resolve: () => void = () => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    return { promise, resolve };
  };
  const [begun, gate] = [settable(), settable()];
  const first = oneAtATime(name, async () => {
    seen.push('first begins');
    begun.resolve();
    await gate.promise;
    seen.push('first ends');
    throw new Error('it failed');
  });
  await begun.promise;
  const second = oneAtATime(name, async () => void seen.push('second'));
  await oneAtATime(`${name} other`, async () => void seen.push('other'));
  gate.resolve();
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
